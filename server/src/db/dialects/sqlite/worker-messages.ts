import type { Tenant } from '../../../lib/tenant.ts'
import { DriverError, type DriverErrorKind } from '../../driver-error.ts'
import type { PackedRecords, PackedResults } from './packed-group.ts'
import type { PackedRows } from './packed-rows.ts'
import type { StatementAnswer } from './sqlite-values.ts'

/** What a database thread is started with. */
export interface WorkerSettings {
  readonly file: string
  /** Whether statements of group commits are sent back for the recorder. */
  readonly record: boolean
  /** Whether another writer thread has died with statements whose commit is still to come: it must fail. */
  readonly lost?: boolean
}

export interface StatementText {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** To a reader thread: the statements of one turn of the event loop. */
export interface ReadRequest {
  readonly id: number
  readonly statements: readonly StatementText[]
}

/** From a reader thread: answers of the statements from number `first` on. */
export interface ReadReply {
  readonly id: number
  readonly first: number
  readonly outcomes: readonly Outcome<PackedRows>[]
}

/** Where a statement stands. */
export interface StatementOf {
  /** Whether it is the first of its transaction: it opens a savepoint, and a transaction around it if none is open. */
  readonly begins: boolean
  /**
   * Whether the next transaction's statements may follow before its answer is known: the writer undoes the transaction by
   * itself when a statement fails, or answers with no row where it answers with rows.
   */
  readonly atOnce: boolean
}

/**
 * To the writer thread, in lists. A rollback undoes what came after the savepoint. An error that ends the transaction around
 * the savepoints fails everything up to its commit, the commit included.
 */
export type WriteRequest =
  | ({ readonly id: number; readonly kind: 'statement'; readonly statement: StatementText } & StatementOf)
  | { readonly id: number; readonly kind: 'commit' }
  | { readonly id: number; readonly kind: 'rollback' }
  | {
      readonly id: number
      readonly kind: 'group'
      readonly tenant: Tenant
      readonly batchId: string
      readonly records: PackedRecords
      readonly now: number
    }
  | { readonly id: number; readonly kind: 'close' }

/** From the writer thread: answers to requests of one message, in their order. */
export interface WriteReplies {
  readonly replies: readonly WriteReply[]
  /** Whether all requests of the message are answered. */
  readonly last: boolean
}

export interface WriteReply {
  readonly id: number
  readonly outcome: Outcome<StatementAnswer | GroupResult | null>
}

export interface GroupResult {
  readonly results: PackedResults
  readonly recorded: readonly StatementText[]
}

export type Outcome<T> = { readonly value: T } | { readonly error: PlainError }

/** An error as it crosses threads. */
export interface PlainError {
  readonly message: string
  readonly stack: string
  readonly kind: DriverErrorKind | null
}

export function plainError(error: unknown): PlainError {
  const kind = error instanceof DriverError ? error.kind : null
  if (!(error instanceof Error)) return { message: String(error), stack: '', kind }
  return { message: error.message, stack: error.stack ?? '', kind }
}

/** The error of the other thread, with its stack as it was there. */
export function revivedError(plain: PlainError): Error {
  const cause = new Error(plain.message)
  cause.stack = plain.stack
  return plain.kind === null ? cause : new DriverError(plain.kind, cause)
}
