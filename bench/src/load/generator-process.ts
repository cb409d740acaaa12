import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadResult } from './closed-loop.ts'
import type { LoadJob, LoadReply } from './generator.ts'

/** The load generator, in a process of its own: what it costs is not mixed with a server's. */
export interface LoadGenerator extends Disposable {
  readonly pid: number
  /** Runs one job. Jobs must not overlap. */
  run(job: LoadJob): Promise<{ readonly result: LoadResult; readonly cpuMs: number }>
}

/** Starts the generator's process. */
export function startLoadGenerator(): LoadGenerator {
  const child: ChildProcess = fork(fileURLToPath(new URL('./generator.ts', import.meta.url)))
  let settle: (reply: LoadReply) => void = () => {}
  child.on('message', (reply: LoadReply) => settle(reply))
  child.on('exit', (code) => settle({ failure: `the load generator ended with ${code}` }))
  return {
    pid: child.pid!,
    async run(job) {
      const reply = await new Promise<LoadReply>((resolve) => {
        settle = resolve
        child.send(job)
      })
      if ('failure' in reply) throw new Error(reply.failure)
      return reply
    },
    [Symbol.dispose]() {
      if (child.connected) child.disconnect()
    },
  }
}
