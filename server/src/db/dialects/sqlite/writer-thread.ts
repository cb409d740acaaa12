import type { IngestRecord, IngestResult } from '../../../ingest/ingest-record.ts'
import type { Tenant } from '../../../lib/tenant.ts'
import { DatabaseThread } from './database-thread.ts'
import { packRecords, unpackResults } from './packed-group.ts'
import type { FlatResult } from './sqlite-values.ts'
import {
  type GroupResult,
  revivedError,
  type StatementText,
  type WorkerSettings,
  type WriteReply,
  type WriteRequest,
} from './worker-messages.ts'

interface Waiting {
  readonly resolve: (value: FlatResult | GroupResult | boolean | null) => void
  readonly reject: (error: Error) => void
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/** The thread that owns the write connection, started when it is first needed. It handles requests in order. */
export class WriterThread implements AsyncDisposable {
  readonly #settings: WorkerSettings
  readonly #onDeath: (error: Error) => void
  readonly #waiting = new Map<number, Waiting>()
  #thread: DatabaseThread<WriteReply> | undefined
  #nextId = 1
  #failure: Error | undefined

  constructor(settings: WorkerSettings, onDeath: (error: Error) => void) {
    this.#settings = settings
    this.#onDeath = onDeath
  }

  /** Runs a statement of an interactive transaction; the `first` one opens it. */
  async statement(statement: StatementText, first: boolean): Promise<FlatResult> {
    return (await this.#request({ kind: 'statement', first, statement })) as FlatResult
  }

  async commit(): Promise<void> {
    await this.#request({ kind: 'commit' })
  }

  /**
   * Undoes the interactive transaction that was opened last; what others before it have written stays to be committed.
   *
   * @returns false when an error has ended everything that was not committed
   */
  async rollback(): Promise<boolean> {
    return (await this.#request({ kind: 'rollback' })) as boolean
  }

  /** Commits a group; `recorded` has its statements when they are recorded. */
  async group(
    tenant: Tenant,
    batchId: string,
    records: readonly IngestRecord[],
    now: number,
  ): Promise<{ results: IngestResult[]; recorded: readonly StatementText[] }> {
    const request = { kind: 'group', tenant, batchId, records: packRecords(records), now } as const
    const { results, recorded } = (await this.#request(request)) as GroupResult
    return { results: unpackResults(results), recorded }
  }

  /** Rejects everything that waits, now and from now on. */
  fail(error: Error): void {
    this.#failure = error
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(error)
  }

  /** Ends the thread at once, as a crash would. For tests. */
  async kill(): Promise<void> {
    await this.#thread?.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= new Error('The database is closed.')
    await this.#thread?.close({ id: 0, kind: 'close' } satisfies WriteRequest)
  }

  #request(request: Unnumbered<WriteRequest>): Promise<FlatResult | GroupResult | boolean | null> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure)
        return
      }
      this.#thread ??= new DatabaseThread(
        'writer-worker',
        this.#settings,
        (reply) => this.#receive(reply),
        this.#onDeath,
      )
      const id = this.#nextId++
      this.#thread.post({ ...request, id })
      this.#waiting.set(id, { resolve, reject })
    })
  }

  #receive({ id, outcome }: WriteReply): boolean {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if ('error' in outcome) waiting?.reject(revivedError(outcome.error))
    else waiting?.resolve(outcome.value)
    return true
  }
}
