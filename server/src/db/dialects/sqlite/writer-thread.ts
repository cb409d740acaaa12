import type { IngestRecord, IngestResult } from '../../../ingest/ingest-record.ts'
import type { Tenant } from '../../../lib/tenant.ts'
import type { DriverError } from '../../driver-error.ts'
import { DatabaseThread, type OnDeath } from './database-thread.ts'
import { packRecords, unpackResults } from './packed-group.ts'
import { checkBindable, type StatementAnswer } from './sqlite-values.ts'
import {
  type GroupResult,
  revivedError,
  type StatementOf,
  type StatementText,
  type WorkerSettings,
  type WriteReplies,
  type WriteReply,
  type WriteRequest,
} from './worker-messages.ts'

interface Waiting {
  readonly resolve: (value: StatementAnswer | GroupResult | null) => void
  readonly reject: (error: Error) => void
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/**
 * The thread that owns the write connection, started when it is first needed. It handles requests in order; those of one turn
 * of the event loop travel together, and so do their answers: waking a thread costs more than most statements. A group is many
 * writes already, and is sent with what waits.
 *
 * When the thread dies, what it owes fails with kind `unknown`, and another takes its place for what comes next. What
 * interactive transactions had written and not committed is gone with it, so the next commit of such fails too.
 */
export class WriterThread implements AsyncDisposable {
  readonly #settings: WorkerSettings
  readonly #onDeath: OnDeath
  readonly #waiting = new Map<number, Waiting>()
  #thread: DatabaseThread<WriteReplies> | undefined
  #turn: WriteRequest[] = []
  #nextId = 1
  /** Whether the thread has been sent statements of interactive transactions and not yet their commit. */
  #open = false
  #closed = false

  constructor(settings: WorkerSettings, onDeath: OnDeath) {
    this.#settings = settings
    this.#onDeath = onDeath
  }

  /**
   * Runs a statement of an interactive transaction.
   *
   * @throws TypeError at once, for what no message can hold: it must not fail others of the same turn
   */
  statement(statement: StatementText, of: StatementOf): Promise<StatementAnswer> {
    for (const parameter of statement.parameters) checkBindable(parameter)
    return this.#request({ kind: 'statement', ...of, statement }) as Promise<StatementAnswer>
  }

  /** Commits the interactive transactions since the last commit; rejects when an error has ended what they share. */
  async commit(): Promise<void> {
    await this.#request({ kind: 'commit' })
  }

  /** Undoes the interactive transaction that was begun last; what others before it have written stays to be committed. */
  async rollback(): Promise<void> {
    await this.#request({ kind: 'rollback' })
  }

  /** Commits a group; `recorded` has its statements when they are recorded. */
  async group(
    tenant: Tenant,
    batchId: string,
    records: readonly IngestRecord[],
    now: number,
  ): Promise<{ results: IngestResult[]; recorded: readonly StatementText[] }> {
    const request = { kind: 'group', tenant, batchId, records: packRecords(records), now } as const
    const answer = this.#request(request)
    this.#send()
    const { results, recorded } = (await answer) as GroupResult
    return { results: unpackResults(results), recorded }
  }

  /** Ends the thread at once, as a crash would. For tests. */
  async kill(): Promise<void> {
    await this.#thread?.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#send()
    await this.#thread?.close([{ id: 0, kind: 'close' }] satisfies WriteRequest[])
  }

  #request(request: Unnumbered<WriteRequest>): Promise<StatementAnswer | GroupResult | null> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('The database is closed.')
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      this.#turn.push({ ...request, id })
      if (this.#turn.length === 1) process.nextTick(() => this.#sendAfter(1))
    })
  }

  /**
   * Promises that have settled meanwhile go on before a tick does, and as long as they have something to send, it goes along.
   * A tick that is asked for in a tick comes before the promises: hence the microtask.
   */
  #sendAfter(known: number): void {
    const { length } = this.#turn
    if (length === known) this.#send()
    else queueMicrotask(() => process.nextTick(() => this.#sendAfter(length)))
  }

  #send(): void {
    const turn = this.#turn
    this.#turn = []
    if (turn.length === 0) return
    this.#thread ??= this.#start()
    this.#note(turn)
    this.#thread.post(turn)
  }

  #start(): DatabaseThread<WriteReplies> {
    return new DatabaseThread(
      'writer-worker',
      // What is open before a thread has been sent anything was open on the one before.
      { ...this.#settings, lost: this.#open },
      (replies) => this.#receive(replies),
      (error) => this.#bury(error),
    )
  }

  #note(turn: readonly WriteRequest[]): void {
    for (const { kind } of turn) {
      if (kind === 'statement') this.#open = true
      else if (kind === 'commit') this.#open = false
    }
  }

  #bury(error: DriverError): void {
    this.#thread = undefined
    // What waits to be sent belongs to what is lost, or comes after it: it fails as if it had been sent.
    this.#note(this.#turn)
    this.#turn = []
    this.#onDeath(error)
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(error)
  }

  /** @returns whether these are the last of their message */
  #receive({ replies, last }: WriteReplies): boolean {
    for (const reply of replies) this.#settle(reply)
    return last
  }

  #settle({ id, outcome }: WriteReply): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if ('error' in outcome) waiting?.reject(revivedError(outcome.error))
    else waiting?.resolve(outcome.value)
  }
}
