import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server under test: a child process in a process group of its own. */
export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  readonly pid: number
  /** The last lines the process wrote, for the message of a failing test. */
  readonly output: () => string
  /** Whether the process has ended by itself or been stopped. */
  readonly ended: () => boolean
  /** SIGTERM, and SIGKILL to the whole group when it has not ended within 10 s. */
  readonly stop: () => Promise<void>
  /** SIGKILL to the whole group at once, as `kill -9` would. */
  readonly kill: () => Promise<void>
}

export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly url: string
  /** How long the server may take until `GET /health` answers 200, in ms. */
  readonly startLimit: number
}

const OUTPUT_LIMIT = 20_000
const living = new Set<ChildProcess>()

// A test run that is broken off must not leave servers behind.
process.on('exit', () => {
  for (const child of living) signalGroup(child, 'SIGKILL')
})

/**
 * Starts a server and waits until `GET /health` answers 200.
 * @throws Error with the server's output when it ends or stays silent until `startLimit`
 */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const child = spawn(command.command, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  living.add(child)
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_LIMIT)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const closed = once(child, 'close').then(
    () => living.delete(child),
    (cause: unknown) => {
      living.delete(child)
      output += String(cause)
    },
  )
  const ended = (): boolean => !living.has(child)
  const kill = async (): Promise<void> => {
    if (!ended()) signalGroup(child, 'SIGKILL')
    await closed
  }
  const stop = async (): Promise<void> => {
    if (!ended()) child.kill('SIGTERM')
    await Promise.race([closed, sleep(10_000, undefined, { ref: false })])
    await kill()
  }
  try {
    await waitForHealth(command.url, command.startLimit, ended)
  } catch (cause) {
    await kill()
    throw new Error(`${command.command} ${command.args.join(' ')} did not start:\n${output}`, { cause })
  }
  return { url: command.url, pid: child.pid ?? 0, output: () => output, ended, stop, kill, [Symbol.asyncDispose]: stop }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group has ended already.
  }
}

async function waitForHealth(url: string, limit: number, ended: () => boolean): Promise<void> {
  const deadline = Date.now() + limit
  while (!ended() && Date.now() < deadline) {
    const healthy = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).then(
      async (answer) => {
        await answer.arrayBuffer()
        return answer.status === 200
      },
      () => false,
    )
    if (healthy) return
    await sleep(25)
  }
  throw new Error(ended() ? 'the process ended' : `GET /health did not answer 200 within ${limit} ms`)
}
