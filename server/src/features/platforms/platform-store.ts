import { type RawBuilder, sql } from 'kysely'
import type { Reader, Tx } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Platform } from '../../lib/tenant.ts'
import { behind, orderOf, type SortKey, type SortValues } from '../../search/keyset.ts'
import { always } from '../../search/text-condition.ts'

export type PlatformRow = Tables['platforms']

export async function findPlatformById(db: Reader, id: string): Promise<PlatformRow | undefined> {
  return db.selectFrom('platforms').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The greatest number of a platform that was ever begun. */
export async function lastPlatform(db: Reader): Promise<number> {
  const { last } = await db
    .selectFrom('workspaces')
    .select((expression) => expression.fn.max('platform').as('last'))
    .executeTakeFirstOrThrow()
  return Number(last)
}

export async function insertPlatform(tx: Tx, row: PlatformRow): Promise<void> {
  await tx.insertInto('platforms').values(row).execute()
}

export interface PlatformListing {
  /** The only one that the caller may see; absent: all of them. */
  readonly only?: Platform | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly order: { readonly by: 'created' | 'name'; readonly descending: boolean }
  readonly after: SortValues | undefined
  readonly limit: number
}

export function platformSortKeys({ by, descending }: PlatformListing['order']): SortKey[] {
  return [
    by === 'name'
      ? { kind: 'text', expression: sql.ref('p.name'), descending }
      : { kind: 'integer', expression: sql.ref('p.created'), descending },
    { kind: 'integer', expression: sql.ref('p.platform'), descending },
  ]
}

/** Up to `limit` platforms, in order. */
export async function listPlatformRows(db: Reader, listing: PlatformListing): Promise<PlatformRow[]> {
  const { only, id, name, order, after, limit } = listing
  const keys = platformSortKeys(order)
  const conditions: RawBuilder<unknown>[] = [
    only === undefined ? always : sql`p.platform = ${only}`,
    id === undefined ? always : sql`p.id = ${id}`,
    name === undefined ? always : sql`p.name = ${name}`,
    after === undefined ? always : behind(keys, after),
  ]
  const { rows } = await sql<PlatformRow>`select p.* from platforms as p
    where ${sql.join(conditions, sql` and `)} order by ${orderOf(keys)} limit ${limit}`.execute(db)
  return rows
}
