import { Worker } from 'node:worker_threads'
import { DriverError } from '../../driver-error.ts'
import { threadModule } from './thread-module.ts'
import type { WorkerSettings } from './worker-messages.ts'

/** What a thread makes lives as long as one message: more room for it is memory that is never given back. MB. */
const youngGenerationMb = 16

/** Called with the reason, of kind `unknown`: what was under way may or may not have happened. */
export type OnDeath = (error: DriverError) => void

/**
 * A worker thread that owns a database connection. It keeps the process alive only while it owes an answer.
 *
 * @typeParam Reply what it posts; `onReply` says whether its request is answered in full
 */
export class DatabaseThread<Reply> implements AsyncDisposable {
  readonly #worker: Worker
  readonly #onReply: (reply: Reply) => boolean
  readonly #onDeath: OnDeath
  #owed = 0
  #ended: Promise<void>
  #closing = false

  /**
   * @param script name of the worker's module in this directory, without its extension
   * @param onDeath called once when the thread ends without having been told to; nothing it owes will come any more
   */
  constructor(script: string, settings: WorkerSettings, onReply: (reply: Reply) => boolean, onDeath: OnDeath) {
    this.#onReply = onReply
    this.#onDeath = onDeath
    this.#worker = new Worker(threadModule(script), {
      workerData: settings,
      // Flags of the main thread, such as `--eval`, are not for this one.
      execArgv: [],
      name: `runstead-${script}`,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    })
    this.#worker.unref()
    let cause: unknown
    this.#worker.on('message', (reply: Reply) => this.#receive(reply))
    this.#worker.on('error', (error) => {
      cause = error
    })
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        resolve()
        if (!this.#closing) this.#onDeath(threadDied(script, code, cause))
      })
    })
  }

  /** Sends a request that will be answered. */
  post(request: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer)
    if (this.#owed++ === 0) this.#worker.ref()
  }

  /** Ends the thread at once, as a crash would. For tests. */
  async kill(): Promise<void> {
    await this.#worker.terminate()
  }

  /** Sends the last request, after which the thread closes its connection and ends. */
  async close(request: unknown): Promise<void> {
    this.#closing = true
    this.#worker.ref()
    this.#worker.postMessage(request)
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close('close')
  }

  #receive(reply: Reply): void {
    if (this.#onReply(reply) && --this.#owed === 0) this.#worker.unref()
  }
}

function threadDied(script: string, code: number, cause: unknown): DriverError {
  return new DriverError('unknown', new Error(`The thread ${script} ended unexpectedly (code ${code}).`, { cause }))
}
