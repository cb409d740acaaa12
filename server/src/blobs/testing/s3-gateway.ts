import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { S3Options } from '../s3/s3-options.ts'

/** A real S3 server on a directory of its own, with one bucket. */
export interface S3Gateway extends AsyncDisposable {
  /** Where its objects lie: `<directory>/<key>`. */
  readonly directory: string
  readonly port: number
  /** How to reach its bucket; credentials are in the environment of this process. */
  options(prefix: string): S3Options
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>
  /** Starts it again on the same port and directory. */
  start(): Promise<void>
}

const bucket = 'artifacts'

/** The program `versitygw`: named by RUNSTEAD_VERSITYGW, in the PATH, or where `go install` puts it. */
export const gatewayProgram = findProgram()

if (gatewayProgram === undefined) {
  console.warn(
    'The suites of the S3 store are left out: no versitygw; ' +
      'enable with `go install github.com/versity/versitygw/cmd/versitygw@latest`',
  )
}

/** Starts the gateway on a free port, and sets the credentials of this process to its own. */
export async function startS3Gateway(): Promise<S3Gateway> {
  const root = await mkdtemp(join(tmpdir(), 'runstead-s3-'))
  await mkdir(join(root, bucket))
  const port = await freePort()
  process.env['AWS_ACCESS_KEY_ID'] = 'gateway'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'a secret of the gateway'
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const user = ['--access', 'gateway', '--secret', 'a secret of the gateway']
    const args = ['--quiet', ...user, '--port', `127.0.0.1:${port}`, '--keep-alive', 'posix', root]
    child = spawn(gatewayProgram ?? '', args, { stdio: 'ignore' })
    for (let tries = 0; !(await accepts(port)); tries++) {
      if (tries === 400 || child.exitCode !== null) throw new Error('versitygw did not start')
      await sleep(25)
    }
  }

  async function kill(): Promise<void> {
    const running = child
    child = undefined
    if (running === undefined || running.exitCode !== null) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }

  await start()
  return {
    directory: join(root, bucket),
    port,
    options: (prefix) => ({
      bucket,
      prefix,
      endpoint: `http://127.0.0.1:${port}`,
      pathStyle: true,
      direct: true,
    }),
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function findProgram(): string | undefined {
  const named = process.env['RUNSTEAD_VERSITYGW']
  if (named) return existsSync(named) ? named : undefined
  const goPath = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' }).stdout?.trim() || join(homedir(), 'go')
  const directories = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...goPath.split(delimiter).map((path) => join(path, 'bin')),
  ]
  return directories.map((directory) => join(directory, 'versitygw')).find((path) => existsSync(path))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
