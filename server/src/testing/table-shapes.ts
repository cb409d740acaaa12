import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

export interface TableShape {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string; readonly notNull: boolean }[]
  /** In order. */
  readonly primaryKey: readonly string[]
  readonly indexes: readonly {
    readonly name: string
    readonly unique: boolean
    /** In order. */
    readonly columns: readonly string[]
  }[]
}

/** The tables of a migrated database as its catalogue describes them, without the partitions of a table. */
export function tableShapes(database: Database): Promise<TableShape[]> {
  return database.engine === 'sqlite' ? sqliteShapes(database) : postgresShapes(database)
}

async function sqliteShapes({ read }: Database): Promise<TableShape[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`.execute(
    read,
  )
  return await Promise.all(
    tables.map(async ({ name }) => {
      const { rows: columns } = await sql<{ name: string; type: string; notnull: number; pk: number }>`
        select name, type, "notnull", pk from pragma_table_info(${name})`.execute(read)
      const { rows: indexes } = await sql<{ name: string; unique: number; column: string }>`
        select i.name, i."unique", c.name as "column" from pragma_index_list(${name}) i, pragma_index_info(i.name) c
        order by i.name, c.seqno`.execute(read)
      return {
        name,
        columns: columns.map((column) => ({ name: column.name, type: column.type, notNull: column.notnull === 1 })),
        primaryKey: columns
          .filter(({ pk }) => pk > 0)
          .toSorted((a, b) => a.pk - b.pk)
          .map((column) => column.name),
        indexes: groupIndexes(indexes),
      }
    }),
  )
}

async function postgresShapes({ read }: Database): Promise<TableShape[]> {
  const { rows: columns } = await sql<{ table: string; name: string; type: string; not_null: number }>`
    select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname, a.attnum`.execute(read)
  const { rows: indexes } = await sql<{ table: string; name: string; unique: number; primary: number; column: string }>`
    select c.relname as "table", i.relname as name, x.indisunique as unique, x.indisprimary as primary, a.attname as column
    from pg_index x
    join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
    cross join lateral unnest(x.indkey::int2[]) with ordinality as k (attnum, place)
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where c.relnamespace = 'public'::regnamespace and not c.relispartition
    order by i.relname, k.place`.execute(read)
  return [...new Set(columns.map(({ table }) => table))].map((name) => {
    const own = indexes.filter(({ table }) => table === name)
    return {
      name,
      columns: columns
        .filter(({ table }) => table === name)
        .map((column) => ({ name: column.name, type: column.type, notNull: column.not_null === 1 })),
      primaryKey: own.filter(({ primary }) => primary === 1).map(({ column }) => column),
      indexes: groupIndexes(own),
    }
  })
}

function groupIndexes(
  rows: readonly { readonly name: string; readonly unique: number; readonly column: string }[],
): TableShape['indexes'] {
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, columns]) => ({
    name,
    unique: columns[0]!.unique === 1,
    columns: columns.map(({ column }) => column),
  }))
}
