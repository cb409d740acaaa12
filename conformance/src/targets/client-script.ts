import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { scratchDirectory } from './scratch-directory.ts'
import type { ServerProcess } from './server-process.ts'

/** `RUNSTEAD_CONFORMANCE_TARGET=mlflow` runs the same scenarios against the real server, which proves them right. */
export const againstMlflow = process.env['RUNSTEAD_CONFORMANCE_TARGET'] === 'mlflow'

/** A scenario of a stock client: a program that ends with 0 when the server of MLFLOW_TRACKING_URI did as it should. */
export interface ClientScript {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
  readonly trackingUri: string
  /** Whose last lines belong into the message of a failure. */
  readonly server: ServerProcess
  readonly env?: Readonly<Record<string, string>>
}

/** Runs one scenario in a process and a directory of its own; its whole output is the message when it fails. */
export async function runClientScript(script: ClientScript): Promise<void> {
  await using directory = await scratchDirectory('scenario')
  const child = spawn(script.command, script.args, {
    cwd: directory.path,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: script.trackingUri,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      // A broken server shall show as a failure at once, not after minutes of patient retries.
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2',
      PYTHONDONTWRITEBYTECODE: '1',
      TMPDIR: directory.path,
      ...(againstMlflow ? {} : { RUNSTEAD_SERVER_PID: String(script.server.pid) }),
      ...script.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    const message = `${script.title} failed:\n${output.slice(-6_000)}\nserver:\n${script.server.output().slice(-2_000)}`
    expect(code, message).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
}
