import type { Reader, Tx } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import type { KeyKind } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'

/** Names remembered for each database in all; beyond it everything is forgotten and read again. */
const nameLimit = 200_000
const mostInOneQuery = 500

/** Name of a key number, by number. */
export type KeyNames = ReadonlyMap<number, string>

interface Remembered {
  readonly names: Map<string, Map<number, string>>
  size: number
}

const rememberedOf = new WeakMap<Reader, Remembered>()

/**
 * The names of catalogue entries. What was read once is remembered, because entries never change.
 *
 * @param keys numbers that rows of the experiment hold, so each has an entry
 */
export async function keyNames(
  db: Reader,
  tenant: Tenant,
  experiment: Int64,
  kind: KeyKind,
  keys: readonly number[],
): Promise<KeyNames> {
  const remembered = rememberedFor(db)
  const id = `${tenant}/${experiment}/${kind}`
  let names = remembered.names.get(id)
  if (names === undefined) {
    names = new Map()
    remembered.names.set(id, names)
  }
  const missing: number[] = []
  for (const key of keys) if (!names.has(key)) missing.push(key)
  if (missing.length === 0) return names
  const distinct = [...new Set(missing)]
  for (let start = 0; start < distinct.length; start += mostInOneQuery) {
    const rows = await readNames(db, tenant, experiment, kind, distinct.slice(start, start + mostInOneQuery))
    for (const { key, name } of rows) names.set(key, name)
    remembered.size += rows.length
  }
  return names
}

/** @throws Error for a number without an entry: a row that points nowhere */
export function nameOf(names: KeyNames, key: number): string {
  const name = names.get(key)
  if (name === undefined) throw new Error(`The catalogue has no entry for key ${key}.`)
  return name
}

function rememberedFor(db: Reader): Remembered {
  const known = rememberedOf.get(db)
  if (known !== undefined && known.size < nameLimit) return known
  const fresh = { names: new Map<string, Map<number, string>>(), size: 0 }
  rememberedOf.set(db, fresh)
  return fresh
}

function readNames(db: Reader, tenant: Tenant, experiment: Int64, kind: KeyKind, keys: readonly number[]) {
  return db
    .selectFrom('keys')
    .select(['key', 'name'])
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .where('kind', '=', kind)
    .where('key', 'in', keys)
    .execute()
}

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
