import { sql } from 'kysely'
import type { Database, Engine } from '../db/database.ts'
import type { RecordedStatement } from '../db/database-options.ts'
import { tableColumns } from './table-columns.ts'
import { tableShapes } from './table-shapes.ts'

/** Tables that say which tenants there are; they belong to none. */
export const directoryTables: readonly string[] = ['schema_migrations', 'platforms', 'workspaces']

const tenantTables = new Set(Object.keys(tableColumns).filter((name) => !directoryTables.includes(name)))

const mostRows = 5_000
const mostBytes = 4 * 1024 * 1024

/**
 * Which of the rules that keep the schema distributable by tenant these statements break, one line for each breach:
 *
 * - tenant and primary key columns are never assigned
 * - every access to a table of tenants names the tenant; the engine's own plan is asked whether it does
 * - no session locks, LISTEN, SET without LOCAL, PREPARE, temporary tables, cursors that outlive a transaction
 * - a write transaction stays in its tenant, below 5,000 rows and 4 MiB
 * - no statement names a partition
 */
export async function brokenRules(database: Database, recorded: readonly RecordedStatement[]): Promise<string[]> {
  // What this function itself asks is no statement of the program.
  const statements = recorded.filter((statement) => !/^explain\b/.test(statement.sql))
  const keys = await primaryKeys(database)
  const broken: string[] = []
  const texts = new Set(statements.map((statement) => statement.sql))
  for (const text of texts) {
    const breaches = [...assignedKeys(text, keys), ...forbidden(text), ...(await withoutTenant(database, text))]
    broken.push(...breaches.map((breach) => `${breach}: ${oneLine(text)}`))
  }
  for (const statement of statements) {
    const foreign = foreignTenants(statement)
    if (foreign.length > 0)
      broken.push(`transaction of another tenant (${foreign.join(', ')}): ${oneLine(statement.sql)}`)
  }
  const transactions = Map.groupBy(
    statements.filter(({ transaction }) => transaction),
    ({ transaction }) => transaction?.number,
  )
  for (const [, own] of transactions) {
    const rows = own.reduce((sum, statement) => sum + rowsOf(statement), 0)
    const bytes = own.reduce((sum, { parameters }) => sum + sizeOf(parameters), 0)
    if (rows > mostRows || bytes > mostBytes)
      broken.push(`transaction of ${rows} rows, ${bytes} bytes: ${oneLine(own[0]!.sql)}`)
  }
  return broken
}

const knownKeys = new Map<Engine, ReadonlyMap<string, readonly string[]>>()

async function primaryKeys(database: Database): Promise<ReadonlyMap<string, readonly string[]>> {
  let keys = knownKeys.get(database.engine)
  if (!keys) {
    keys = new Map((await tableShapes(database)).map(({ name, primaryKey }) => [name, primaryKey]))
    knownKeys.set(database.engine, keys)
  }
  return keys
}

/** Tenant and primary key columns that an UPDATE or an upsert assigns. */
export function assignedKeys(text: string, keys: ReadonlyMap<string, readonly string[]>): string[] {
  const breaches: string[] = []
  const updates = /\b(?:update\s+(?:only\s+)?|insert\s+into\s+)"?(\w+)"?/gi
  for (const match of text.matchAll(updates)) {
    const [, table = ''] = match
    // A statement may insert into several tables: what belongs to the next one is not this one's.
    const [rest = ''] = text.slice(match.index + match[0].length).split(/\binsert\s+into\b/i, 1)
    const set = /^update/i.test(match[0]) ? /\bset\b/i.exec(rest) : /\bdo\s+update\s+set\b/i.exec(rest)
    if (!set || table.toLowerCase() === 'set') continue
    for (const column of assignedColumns(rest.slice(set.index + set[0].length))) {
      if (column === 'tenant' || keys.get(table)?.includes(column)) breaches.push(`assigns ${table}.${column}`)
    }
  }
  return breaches
}

/** The columns on the left of `=` in the list after SET, up to the end of the list. */
function assignedColumns(list: string): string[] {
  const columns: string[] = []
  let depth = 0
  let side: 'left' | 'right' = 'left'
  for (const [token] of list.matchAll(/'(?:[^']|'')*'|"?\w+"?|[^\s\w"']/g)) {
    if (token === '(') depth++
    if (token === ')' && --depth < 0) break
    if (depth === 0 && /^(where|from|returning)$/i.test(token)) break
    if (depth === 0 && token === '=') side = 'right'
    if (depth === 0 && token === ',') side = 'left'
    const column = token.replaceAll('"', '')
    if (side === 'left' && /^\w+$/.test(column)) columns.push(column)
  }
  return columns
}

function forbidden(text: string): string[] {
  const rules: readonly (readonly [RegExp, string])[] = [
    [/\bpg_(try_)?advisory_(lock|unlock)/i, 'session lock'],
    [/^\s*(listen|notify|prepare|lock)\b/i, 'statement that is bound to a session'],
    [/^\s*set\s+(?!local\b)/i, 'SET without LOCAL'],
    [/\bcreate\s+(temp|temporary)\b/i, 'temporary table'],
    [/\bwith\s+hold\b/i, 'cursor that outlives its transaction'],
    [/\bmetric_segments_p\d/i, 'names a partition'],
  ]
  return rules.filter(([pattern]) => pattern.test(text)).map(([, breach]) => breach)
}

const checked: Record<Engine, Map<string, string[]>> = { sqlite: new Map(), postgres: new Map() }

/** Accesses to tables of tenants which the plan of the engine shows without a condition on the tenant. */
async function withoutTenant(database: Database, text: string): Promise<string[]> {
  if (!/^\s*(select|insert|update|delete|with|\()/i.test(text)) return []
  const known = checked[database.engine].get(text)
  if (known) return known
  const breaches = await (database.engine === 'sqlite' ? sqliteAccesses : postgresAccesses)(database, text).catch(
    // A statement that does not compile has failed in its test as well.
    () => [],
  )
  const found = [...new Set(breaches)].map((table) => `reads ${table} without naming the tenant`)
  checked[database.engine].set(text, found)
  return found
}

async function sqliteAccesses(database: Database, text: string): Promise<string[]> {
  const plan = await sql<{ detail: string }>`${sql.raw(`explain query plan ${text}`)}`.execute(database.lookup)
  return plan.rows.flatMap(({ detail }) => {
    const [, alias] = /^(?:SEARCH|SCAN) (\w+)/.exec(detail) ?? []
    // Other lines of a plan tell of sorting and the like.
    if (alias === undefined || detail.includes('VIRTUAL TABLE') || detail.includes('tenant=?')) return []
    const table = tableOf(alias, text)
    return table === undefined ? [] : [table]
  })
}

/** The table of tenants that a name in a plan of SQLite stands for; undefined for a subquery or another table. */
function tableOf(alias: string, text: string): string | undefined {
  if (tenantTables.has(alias)) return alias
  const naming = new RegExp(`"?(\\w+)"?\\s+(?:as\\s+)?"?${alias}"?(?!\\w)`, 'gi')
  return [...text.matchAll(naming)].map(([, table = '']) => table).find((table) => tenantTables.has(table))
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
  readonly [other: string]: unknown
}

async function postgresAccesses(database: Database, text: string): Promise<string[]> {
  const explain = sql.raw(`explain (generic_plan, format json) ${text}`)
  const { rows } = await sql<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>`${explain}`.execute(database.lookup)
  return (rows[0]?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => planAccesses(Plan))
}

function planAccesses(node: PlanNode): string[] {
  const below = (node.Plans ?? []).flatMap(planAccesses)
  const table = node['Relation Name']?.replace(/^metric_segments_p\d+$/, 'metric_segments')
  if (table === undefined || node['Node Type'] === 'ModifyTable' || !tenantTables.has(table)) return below
  const conditions = ['Index Cond', 'Recheck Cond', 'Filter'].map((name) => String(node[name] ?? ''))
  // A bitmap scan has its condition on the index below it as well.
  return conditions.some((condition) => /\btenant\b/.test(condition)) ? below : [table, ...below]
}

/** Tenants that a statement of a transaction names and that are not the transaction's. */
function foreignTenants({ sql: text, parameters, transaction }: RecordedStatement): unknown[] {
  if (!transaction) return []
  return [...namedTenants(text, parameters), ...insertedTenants(text, parameters)].filter(
    (tenant) => tenant !== undefined && Number(tenant) !== transaction.tenant,
  )
}

function namedTenants(text: string, parameters: readonly unknown[]): unknown[] {
  return [...text.matchAll(/\btenant"?\s*=\s*(\$\d+|\?\d*|\d+)/gi)].map((match) =>
    valueAt(text, match.index + match[0].lastIndexOf(match[1]!), match[1]!, parameters),
  )
}

/** The tenants of rows whose values are all parameters. */
function insertedTenants(text: string, parameters: readonly unknown[]): unknown[] {
  const insert =
    /\binsert\s+into\s+"?(\w+)"?\s*\(([^)]*)\)\s*values\s*((?:\(\s*(?:(?:\$\d+|\?)\s*,?\s*)+\)\s*,?\s*)+)/i.exec(text)
  if (!insert) return []
  const columns = insert[2]!.split(',').map((column) => column.trim().replaceAll('"', ''))
  const place = columns.indexOf('tenant')
  if (place < 0) return []
  const start = insert.index + insert[0].length - insert[3]!.length
  const values = [...insert[3]!.matchAll(/\$\d+|\?/g)]
  return values
    .filter((_, index) => index % columns.length === place)
    .map((match) => valueAt(text, start + match.index, match[0], parameters))
}

/** The value of a literal or parameter at a place of the text. */
function valueAt(text: string, at: number, token: string, parameters: readonly unknown[]): unknown {
  if (token.startsWith('$')) return parameters[Number(token.slice(1)) - 1]
  if (/^\?\d/.test(token)) return parameters[Number(token.slice(1)) - 1]
  if (token === '?') return parameters[text.slice(0, at).split('?').length - 1]
  return Number(token)
}

function rowsOf({ sql: text, parameters }: RecordedStatement): number {
  const tuples = /\bvalues\s*\(/i.test(text) ? text.split(/\)\s*,\s*\(/).length : 0
  const arrays = parameters.map((parameter) => (Array.isArray(parameter) ? parameter.length : 0))
  return Math.max(tuples, ...arrays)
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value instanceof Uint8Array) return value.byteLength
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 0)
  return 8
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 400)
}
