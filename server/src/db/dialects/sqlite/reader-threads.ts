import type { QueryResult } from 'kysely'
import type { DriverError } from '../../driver-error.ts'
import { DatabaseThread, type OnDeath } from './database-thread.ts'
import { unpackRows } from './packed-rows.ts'
import {
  type ReadReply,
  type ReadRequest,
  revivedError,
  type StatementText,
  type WorkerSettings,
} from './worker-messages.ts'

interface Waiting {
  readonly statement: StatementText
  readonly resolve: (result: QueryResult<unknown>) => void
  readonly reject: (error: Error) => void
  /** Whether a thread has died on it, or beside it, before. */
  readonly triedBefore: boolean
}

interface ReaderThread {
  readonly thread: DatabaseThread<ReadReply>
  /** Requests that are not answered in full. */
  readonly requests: Map<number, Waiting[]>
  owed: number
}

/**
 * Threads with a read-only connection each, started when they are first needed. All statements of one turn of the event
 * loop travel together: half of them to each thread when there are two and both are idle. What a thread leaves unanswered when
 * it dies is given to another, once.
 */
export class ReaderThreads implements AsyncDisposable {
  readonly #settings: WorkerSettings
  readonly #most: number
  readonly #onDeath: OnDeath
  readonly #threads: ReaderThread[] = []
  #turn: Waiting[] = []
  #nextId = 1
  #closed = false

  constructor(settings: WorkerSettings, most: number, onDeath: OnDeath) {
    this.#settings = settings
    this.#most = most
    this.#onDeath = onDeath
  }

  /** @throws DriverError */
  run(statement: StatementText): Promise<QueryResult<unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('The database is closed.')
      this.#enqueue({ statement, resolve, reject, triedBefore: false })
    })
  }

  /** Ends one thread at once, as a crash would. For tests. */
  async killOne(): Promise<void> {
    await this.#threads[0]?.thread.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await Promise.all(this.#threads.map(({ thread }) => thread[Symbol.asyncDispose]()))
  }

  #enqueue(waiting: Waiting): void {
    this.#turn.push(waiting)
    if (this.#turn.length === 1) setImmediate(() => this.#send())
  }

  #send(): void {
    const turn = this.#turn
    this.#turn = []
    if (turn.length === 0) return
    const second = turn.length > 1 && this.#most > 1 ? Math.ceil(turn.length / 2) : turn.length
    this.#post(turn.slice(0, second))
    if (second < turn.length) this.#post(turn.slice(second))
  }

  #post(waiting: Waiting[]): void {
    const reader = this.#leastBusy()
    const id = this.#nextId++
    reader.requests.set(id, waiting)
    reader.owed += waiting.length
    const request: ReadRequest = { id, statements: waiting.map(({ statement }) => statement) }
    try {
      reader.thread.post(request)
    } catch (error) {
      reader.requests.delete(id)
      reader.owed -= waiting.length
      for (const { reject } of waiting) reject(error as Error)
    }
  }

  #leastBusy(): ReaderThread {
    const idle = this.#threads.find(({ owed }) => owed === 0)
    if (idle) return idle
    if (this.#threads.length < this.#most) return this.#start()
    return this.#threads.reduce((best, reader) => (reader.owed < best.owed ? reader : best))
  }

  #start(): ReaderThread {
    const requests = new Map<number, Waiting[]>()
    const thread = new DatabaseThread<ReadReply>(
      'reader-worker',
      this.#settings,
      (reply) => receive(reader, reply),
      (error) => this.#bury(reader, error),
    )
    const reader: ReaderThread = { thread, requests, owed: 0 }
    this.#threads.push(reader)
    return reader
  }

  #bury(reader: ReaderThread, error: DriverError): void {
    this.#threads.splice(this.#threads.indexOf(reader), 1)
    this.#onDeath(error)
    for (const waiting of [...reader.requests.values()].flat()) {
      if (waiting.triedBefore || this.#closed) waiting.reject(error)
      else this.#enqueue({ ...waiting, triedBefore: true })
    }
  }
}

/** Settles what a reply answers; true when it was the last of its request. */
function receive(reader: ReaderThread, { id, first, outcomes }: ReadReply): boolean {
  const waiting = reader.requests.get(id)
  if (!waiting) return true
  reader.owed -= outcomes.length
  const last = first + outcomes.length === waiting.length
  if (last) reader.requests.delete(id)
  outcomes.forEach((outcome, index) => {
    const { resolve, reject } = waiting[first + index]!
    if ('error' in outcome) reject(revivedError(outcome.error))
    else resolve({ rows: unpackRows(outcome.value) })
  })
  return last
}
