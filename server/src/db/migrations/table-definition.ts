import type { Engine } from '../database.ts'

/** A column type on both engines; `?` marks a column that may be null. */
export type ColumnType = NotNullType | `${NotNullType}?`
type NotNullType = 'int2' | 'int4' | 'int8' | 'float8' | 'text' | 'bytes'

export interface TableDefinition {
  readonly name: string
  readonly columns: Readonly<Record<string, ColumnType>>
  readonly primaryKey: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  /** Index name -> columns, each optionally with ` desc` or ` desc nulls last`. */
  readonly indexes?: Readonly<Record<string, readonly string[]>>
  /** PostgreSQL: storage parameters of the table. */
  readonly storage?: string
  /** PostgreSQL: columns that hold compressed bytes, kept out of line without another try to compress them. */
  readonly external?: readonly string[]
}

const postgresTypes: Record<NotNullType, string> = {
  int2: 'int2',
  int4: 'int4',
  int8: 'int8',
  float8: 'float8',
  text: 'text collate "C"',
  bytes: 'bytea',
}

const sqliteTypes: Record<NotNullType, string> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  float8: 'real',
  text: 'text',
  bytes: 'blob',
}

/** The statements that create a table with its indexes. Each does nothing when it is run again. */
export function createTable(engine: Engine, table: TableDefinition): string[] {
  return [
    createTableStatement(engine, table),
    ...(engine === 'postgres' ? postgresExtras(table) : []),
    ...Object.entries(table.indexes ?? {}).map(([name, columns]) => createIndex(engine, table.name, name, columns)),
  ]
}

function createTableStatement(engine: Engine, table: TableDefinition): string {
  const lines = [
    ...Object.entries(table.columns).map(([name, type]) => columnDefinition(engine, name, type)),
    `primary key (${table.primaryKey.join(', ')})`,
    ...(table.unique ?? []).map((columns) => `unique (${columns.join(', ')})`),
  ]
  const body = `create table if not exists ${table.name} (\n  ${lines.join(',\n  ')}\n)`
  if (engine === 'sqlite') return `${body} strict, without rowid`
  return table.storage ? `${body} with (${table.storage})` : body
}

function columnDefinition(engine: Engine, name: string, type: ColumnType): string {
  const nullable = type.endsWith('?')
  const base = (nullable ? type.slice(0, -1) : type) as NotNullType
  const types = engine === 'postgres' ? postgresTypes : sqliteTypes
  return `${name} ${types[base]}${nullable ? '' : ' not null'}`
}

function postgresExtras(table: TableDefinition): string[] {
  return (table.external ?? []).map((column) => `alter table ${table.name} alter column ${column} set storage external`)
}

function createIndex(engine: Engine, table: string, name: string, columns: readonly string[]): string {
  // SQLite sorts nulls last in descending order without being told, and refuses to be told.
  const parts = engine === 'sqlite' ? columns.map((column) => column.replace(' nulls last', '')) : columns
  return `create index if not exists ${name} on ${table} (${parts.join(', ')})`
}
