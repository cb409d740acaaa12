import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { HttpAddress } from '../load/http-address.ts'

export const targetNames = ['runstead', 'mlflow', 'mlflow-1', 'bare'] as const

/**
 * A server under measurement: Runstead; the real MLflow with its default workers; the same with one worker; the bare
 * Node loop.
 */
export type TargetName = (typeof targetNames)[number]

/** A running server. Disposing it stops the whole process tree and keeps its directory. */
export interface Target extends AsyncDisposable {
  readonly name: TargetName
  readonly address: HttpAddress
  /** Root of its process tree. */
  readonly pid: number
  /** Where its database and artifacts lie. */
  readonly directory: string
  /** From the start of the process to the first answer of /health, in ms. */
  readonly startMs: number
}

/** How a server is started: program, arguments and additions to the environment. */
export interface StartCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A server must answer within this time of its start, in ms. */
const startLimitMs = 120_000
const stopLimitMs = 15_000

/**
 * Starts a server in `directory` and waits for its first answer. Its output goes to `server.log` there.
 *
 * @throws when the process ends, or does not answer in two minutes; the message holds the end of its log
 */
export async function startServer(
  name: TargetName,
  directory: string,
  command: (port: number) => StartCommand,
): Promise<Target> {
  mkdirSync(directory, { recursive: true })
  const port = await freePort()
  const { program, args, env } = command(port)
  const logFile = join(directory, 'server.log')
  const log = openSync(logFile, 'a')
  const start = performance.now()
  // A process group of its own, so that workers which outlive their parent can be stopped too.
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
    detached: true,
  })
  // Whatever ends the benchmark, no server is left behind.
  const killGroup = () => kill(child)
  process.prependListener('exit', killGroup)
  const address = { host: '127.0.0.1', port }
  const stopServer = async () => {
    await stop(child)
    process.off('exit', killGroup)
  }
  try {
    await firstAnswer(address, child, start + startLimitMs)
  } catch (error) {
    await stopServer()
    throw new Error(`${name} did not start: ${String(error)}\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
  }
  return {
    name,
    address,
    directory,
    pid: child.pid!,
    startMs: performance.now() - start,
    [Symbol.asyncDispose]: stopServer,
  }
}

/** A TCP port which nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function firstAnswer(address: HttpAddress, child: ChildProcess, deadline: number): Promise<void> {
  let failure: Error | undefined
  child.on('error', (error) => {
    failure = error
  })
  while (!(await healthy(address))) {
    if (failure) throw failure
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`)
    if (performance.now() > deadline) throw new Error('no answer in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function healthy(address: HttpAddress): Promise<boolean> {
  return new Promise((resolve) => {
    get({ ...address, path: '/health', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, stopLimitMs))])
  }
  kill(child)
}

/** Ends what is left of the process group, at once. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // nothing of it is left
  }
}
