import { noEtagMatch } from '../errors/errors.ts'
import { allowsRevision, type IfMatch } from '../lib/if-match.ts'
import type { Int64 } from '../lib/int64.ts'
import type { Database, Tx } from './database.ts'

interface Precondition {
  readonly ifMatch: IfMatch
  checked: boolean
}

const preconditions = new WeakMap<Tx, Precondition>()

/**
 * The same database, whose write transactions commit only when the entity that they change is in one of the revisions of
 * `ifMatch`. The functions that lock an entity for its change report its revision by `checkRevision`; a transaction that
 * reports none has no entity that could match, and is refused as well. For the writes of one request.
 */
export function withPrecondition(db: Database, ifMatch: IfMatch): Database {
  let passed = false
  return withWrite(db, async (tenant, work) => {
    // What follows the change belongs to it.
    if (passed) return db.write(tenant, work)
    const value = await db.write(tenant, async (tx) => {
      const precondition: Precondition = { ifMatch, checked: false }
      preconditions.set(tx, precondition)
      const made = await work(tx)
      if (!precondition.checked) throw noEtagMatch()
      return made
    })
    passed = true
    return value
  })
}

/**
 * To be called by every function that locks the entity which a request changes.
 *
 * @param revision of the entity before the change
 * @throws AppError `no-etag-match`
 */
export function checkRevision(tx: Tx, revision: Int64): void {
  const precondition = preconditions.get(tx)
  if (precondition === undefined) return
  precondition.checked = true
  if (!allowsRevision(precondition.ifMatch, revision)) throw noEtagMatch()
}

/** As `checkRevision`, for a row whose revision has been raised by one already. */
export function checkRaisedRevision(tx: Tx, revision: Int64): void {
  checkRevision(tx, typeof revision === 'bigint' ? revision - 1n : revision - 1)
}

/** The same database with another `write`. */
export function withWrite(db: Database, write: Database['write']): Database {
  return {
    engine: db.engine,
    lookup: db.lookup,
    read: db.read,
    write,
    writeGroup: (tenant, batchId, records) => db.writeGroup(tenant, batchId, records),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}
