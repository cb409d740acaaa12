import type { Platform, Tenant } from '../../../lib/tenant.ts'
import type { Tx, WriteOptions } from '../../database.ts'
import type { DatabaseOptions } from '../../database-options.ts'
import { type RunQuery, transactionOn } from '../../kysely-handles.ts'
import { SharedCommit } from './shared-commit.ts'
import { sqliteFlavour } from './sqlite-flavour.ts'
import { rowsOf, type StatementAnswer } from './sqlite-values.ts'
import type { StatementText } from './worker-messages.ts'
import { type Turn, WriteTurns } from './write-turns.ts'
import type { WriterThread } from './writer-thread.ts'

interface Made<T> {
  readonly value: T
  /** Resolves when the transaction around it is on disk; undefined where nothing was written. */
  readonly committed: Promise<void> | undefined
}

/**
 * Interactive transactions on the writer thread, one after the other: each is a savepoint, and those that wait for each other
 * share a commit. A turn begins with the first statement, so what a transaction has to say first is ready when its turn comes.
 */
export class WriteTransactions {
  readonly #writer: WriterThread
  readonly #onStatement: DatabaseOptions['onStatement']
  readonly #turns = new WriteTurns()
  readonly #shared = new SharedCommit()
  #numbers = 0

  constructor(writer: WriterThread, onStatement: DatabaseOptions['onStatement']) {
    this.#writer = writer
    this.#onStatement = onStatement
  }

  /** A number for the recorder of statements. */
  nextNumber(): number {
    return ++this.#numbers
  }

  /** Resolves when every transaction that came before is over; undefined when there is none. */
  before(): Promise<void> | undefined {
    return this.#turns.transactionsBefore()
  }

  /** Runs `work` and commits it; see `Database.write`. */
  async run<T>(tenant: Tenant | Platform, work: (tx: Tx) => Promise<T>, { atOnce = false }: WriteOptions): Promise<T> {
    const { value, committed } = await (atOnce ? this.#atOnce(tenant, work) : this.#stepwise(tenant, work))
    await committed
    return value
  }

  /** Commits what is written, after everything that came before, and then does `last`, after which nothing comes. */
  async finish(last: () => Promise<void>): Promise<void> {
    const turn = this.#turns.enter()
    await turn.begun
    await this.#commit()
    await last()
    await turn.end()
  }

  /** Has the writer to itself until `work` is over, which may decide by what it reads. */
  async #stepwise<T>(tenant: Tenant | Platform, work: (tx: Tx) => Promise<T>): Promise<Made<T>> {
    const transaction = { tenant, number: this.nextNumber() }
    let state: 'not begun' | 'open' | 'over' = 'not begun'
    let turn: Turn | undefined
    let committed: Promise<void> | undefined
    const run: RunQuery = async ({ sql, parameters }) => {
      if (state !== 'over') turn ??= this.#turns.enter()
      await turn?.begun
      if (state === 'over') throw new Error('The transaction is over: a query was not awaited in it.')
      this.#onStatement?.({ sql, parameters, handle: 'write', transaction })
      // What cannot be sent throws here, and has not begun anything that could be undone.
      const answer = this.#writer.statement({ sql, parameters }, { begins: state === 'not begun', atOnce: false })
      if (state === 'not begun') committed = this.#shared.join()
      state = 'open'
      const result = await answer
      return { rows: rowsOf(result), numAffectedRows: BigInt(result.changes) }
    }
    let failed = true
    try {
      const value = await work(transactionOn(sqliteFlavour, run, 'in order'))
      failed = false
      return { value, committed }
    } finally {
      const undone = failed && isOpen()
      state = 'over'
      if (undone) {
        this.#undo()
        // Whoever fails because of what another has written may look for it before the next try: then it must be there.
        await this.#commit()
      }
      await this.#handOn(turn)
    }

    function isOpen(): boolean {
      return state === 'open'
    }
  }

  /**
   * Hands the turn on as soon as its statements are sent, so that those of many transactions travel and are committed
   * together. What fails is undone by the writer, which knows of it before it comes to the next transaction.
   */
  async #atOnce<T>(tenant: Tenant | Platform, work: (tx: Tx) => Promise<T>): Promise<Made<T>> {
    const transaction = { tenant, number: this.nextNumber() }
    let state: 'not begun' | 'open' | 'sent' | 'given up' = 'not begun'
    let turn: Turn | undefined
    let committed: Promise<void> | undefined
    let rowsMissing = false
    const allSent = (): void => {
      if (state === 'open') state = 'sent'
      // While a commit is under way, others gather for the next one.
      void this.#handOn(turn, 'after the commit')
    }
    const giveUp = (): void => {
      if (state === 'open') this.#undo()
      if (state !== 'sent') state = 'given up'
    }
    const run: RunQuery = async ({ sql, parameters }) => {
      if (state !== 'given up') turn ??= this.#turns.enter()
      await turn?.begun
      if (state === 'given up') throw new Error('The transaction was given up.')
      if (state === 'sent') throw new Error('A transaction that is sent at once cannot go on after its first answer.')
      this.#onStatement?.({ sql, parameters, handle: 'write', transaction })
      const result = await send({ sql, parameters })
      if (result.columns.length > 0 && result.rows.length === 0) rowsMissing = true
      return { rows: rowsOf(result), numAffectedRows: BigInt(result.changes) }
    }
    const send = (statement: StatementText): Promise<StatementAnswer> => {
      const begins = state === 'not begun'
      try {
        const answer = this.#writer.statement(statement, { begins, atOnce: true })
        if (!begins) return answer
        committed = this.#shared.join()
        state = 'open'
        // Whatever promises that have settled still have to say is said before a tick.
        process.nextTick(allSent)
        return answer
      } catch (error) {
        giveUp()
        throw error
      }
    }
    try {
      const value = await work(transactionOn(sqliteFlavour, run, 'in order'))
      if (rowsMissing) throw new Error('The transaction was undone because a statement gave no row.')
      return { value, committed }
    } catch (error) {
      giveUp()
      if (committed === undefined) void this.#handOn(turn)
      // As above: what made it fail may be in the same commit.
      await committed?.catch(() => undefined)
      throw error
    }
  }

  /** What keeps the writer from undoing it fails the commit as well, which everybody waits for. */
  #undo(): void {
    this.#writer.rollback().catch(() => undefined)
  }

  /**
   * Ends a turn, also one that was given up while it was waited for. What is written stays open for the next transaction if
   * that can share the commit, and is committed otherwise.
   *
   * @param next whether its turn comes at once, for the writer handles in order what it is sent
   */
  async #handOn(turn: Turn | undefined, next: 'at once' | 'after the commit' = 'at once'): Promise<void> {
    if (turn === undefined) return
    await turn.begun
    const goesAlong = !this.#shared.isFull && this.#turns.nextIsTransaction
    const done = goesAlong ? undefined : this.#commit()
    if (next === 'after the commit') await done
    await turn.end()
  }

  #commit(): Promise<void> {
    return this.#shared.end(() => this.#writer.commit())
  }
}
