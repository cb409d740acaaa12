import type { Database, Reader, Tx } from '../../db/database.ts'
import { type NumberListText, numberListText, numberRows } from '../../db/number-list.ts'
import { prepared } from '../../db/prepared.ts'
import type { KeyKind } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'

/** Names remembered for each database in all; beyond it everything is forgotten and read again. */
const nameLimit = 200_000
/** More missing names than this are not read on the calling thread. */
const mostLookedUp = 200

/** Name of a key number, by number. */
export type KeyNames = ReadonlyMap<number, string>

interface Remembered {
  readonly names: Map<string, Map<number, string>>
  size: number
}

const rememberedOf = new WeakMap<Database, Remembered>()

/**
 * The names of catalogue entries. What was read once is remembered, because entries never change.
 *
 * @param keys numbers that rows of the experiment hold, so each has an entry; repeats do no harm
 */
export async function keyNames(
  db: Database,
  tenant: Tenant,
  experiment: Int64,
  kind: KeyKind,
  keys: Iterable<number>,
): Promise<KeyNames> {
  const remembered = rememberedFor(db)
  const id = `${tenant}/${experiment}/${kind}`
  let names = remembered.names.get(id)
  if (names === undefined) {
    names = new Map()
    remembered.names.set(id, names)
    remembered.size++
  }
  const missing = new Set<number>()
  for (const key of keys) if (!names.has(key)) missing.add(key)
  if (missing.size === 0) return names
  const reader = missing.size > mostLookedUp ? db.read : db.lookup
  const rows = await namesOfKeys(reader, { tenant, experiment, kind, keys: numberListText([...missing]) })
  for (const { key, name } of rows) names.set(key, name)
  remembered.size += rows.length
  return names
}

/** @throws Error for a number without an entry: a row that points nowhere */
export function nameOf(names: KeyNames, key: number): string {
  const name = names.get(key)
  if (name === undefined) throw new Error(`The catalogue has no entry for key ${key}.`)
  return name
}

function rememberedFor(db: Database): Remembered {
  const known = rememberedOf.get(db)
  if (known !== undefined && known.size < nameLimit) return known
  const fresh = { names: new Map<string, Map<number, string>>(), size: 0 }
  rememberedOf.set(db, fresh)
  return fresh
}

const namesOfKeys = prepared((db, p: { tenant: Tenant; experiment: Int64; kind: KeyKind; keys: NumberListText }) =>
  db
    .selectFrom(numberRows(db, p.keys).as('wanted'))
    .crossJoin('keys as k')
    .where('k.tenant', '=', p.tenant)
    .where('k.experiment', '=', p.experiment)
    .where('k.kind', '=', p.kind)
    .whereRef('k.key', '=', 'wanted.number')
    .select(['k.key', 'k.name']),
)

const keyByName = prepared((db, p: { tenant: Tenant; experiment: Int64; kind: KeyKind; name: string }) =>
  db
    .selectFrom('keys')
    .select('key')
    .where('tenant', '=', p.tenant)
    .where('experiment', '=', p.experiment)
    .where('kind', '=', p.kind)
    .where('name', '=', p.name),
)

/** The number of a name; undefined when no run of the experiment has used it. */
export async function findKey(
  db: Reader | Tx,
  tenant: Tenant,
  experiment: Int64,
  kind: KeyKind,
  name: string,
): Promise<number | undefined> {
  const [row] = await keyByName(db, { tenant, experiment, kind, name })
  return row?.key
}

/**
 * The number of a name, which it gets now if it has none. The experiment's row is locked then, so call this before locking
 * runs: the write path locks in that order.
 */
export async function findOrAddKey(
  tx: Tx,
  tenant: Tenant,
  experiment: Int64,
  kind: KeyKind,
  name: string,
): Promise<number> {
  const known = await findKey(tx, tenant, experiment, kind, name)
  if (known !== undefined) return known
  const { next_key } = await tx
    .updateTable('experiments')
    .set((expression) => ({ next_key: expression('next_key', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .returning('next_key')
    .executeTakeFirstOrThrow()
  const key = next_key - 1
  await tx.insertInto('keys').values({ tenant, experiment, kind, key, name }).execute()
  return key
}
