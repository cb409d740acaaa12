import type { Database, Reader } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { type KeyKind, keyKind } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { type KeyNames, keyNames, nameOf } from './key-names.ts'

/** The latest value of a metric. */
interface MetricValue {
  readonly key: string
  /** May be NaN. */
  readonly value: number
  /** Epoch ms. */
  readonly timestamp: Int64
  readonly step: Int64
}

interface TextValue {
  readonly key: string
  readonly value: string
}

/** What was logged to a run, each list in the order in which the experiment first met the keys. */
export interface RunData {
  readonly metrics: readonly MetricValue[]
  readonly params: readonly TextValue[]
  readonly tags: readonly TextValue[]
}

/** Rows of one kind that a look-up may read on the calling thread; a run with more is read elsewhere. */
const lookupRows = 1000

interface OfRun {
  readonly tenant: Tenant
  readonly run: Int64
  readonly most: number
}

const metricsOfRun = prepared((db, p: OfRun) =>
  db
    .selectFrom('metric_summary')
    .select(['key', 'last_value', 'last_ts', 'last_step'])
    .where('tenant', '=', p.tenant)
    .where('run', '=', p.run)
    .orderBy('key')
    .limit(p.most),
)

const textsOfRun = (table: 'params' | 'tags') =>
  prepared((db, p: OfRun) =>
    db
      .selectFrom(table)
      .select(['key', 'value'])
      .where('tenant', '=', p.tenant)
      .where('run', '=', p.run)
      .orderBy('key')
      .limit(p.most),
  )

const paramsOfRun = textsOfRun('params')
const tagsOfRun = textsOfRun('tags')

interface MetricRow {
  readonly key: number
  /** Null when NaN. */
  readonly last_value: number | null
  readonly last_ts: Int64
  readonly last_step: Int64
}

export interface TextRow {
  readonly key: number
  readonly value: string
}

/** What was logged to one run, with the numbers of its keys. */
export interface RunDataRows {
  readonly metrics: MetricRow[]
  readonly params: TextRow[]
  readonly tags: TextRow[]
}

/** Reads what was logged to one run. */
export async function readRunData(db: Database, tenant: Tenant, run: Int64): Promise<RunDataRows> {
  const of = { tenant, run }
  const [metrics, params, tags] = await Promise.all([
    upTo(db, (reader, most) => metricsOfRun(reader, { ...of, most })),
    upTo(db, (reader, most) => paramsOfRun(reader, { ...of, most })),
    upTo(db, (reader, most) => tagsOfRun(reader, { ...of, most })),
  ])
  return { metrics, params, tags }
}

/** Names of the keys in the rows of one experiment. */
export interface RunDataNames {
  readonly metrics: KeyNames
  readonly params: KeyNames
  readonly tags: KeyNames
}

/** What `namesOfData` needs of rows. */
export interface KeyedRows {
  readonly metrics: readonly { readonly key: number }[]
  readonly params: readonly { readonly key: number }[]
  readonly tags: readonly { readonly key: number }[]
}

/** Finds the names of the keys in rows of one experiment. */
export async function namesOfData(
  db: Database,
  tenant: Tenant,
  experiment: Int64,
  rows: KeyedRows,
): Promise<RunDataNames> {
  const namesFor = (kind: KeyKind, some: readonly { readonly key: number }[]) =>
    keyNames(
      db,
      tenant,
      experiment,
      kind,
      some.map(({ key }) => key),
    )
  const [metrics, params, tags] = await Promise.all([
    namesFor(keyKind.metric, rows.metrics),
    namesFor(keyKind.param, rows.params),
    namesFor(keyKind.tag, rows.tags),
  ])
  return { metrics, params, tags }
}

/** Puts names in the place of key numbers. */
export function nameRunData(rows: RunDataRows, names: RunDataNames): RunData {
  return {
    metrics: rows.metrics.map(({ key, last_value, last_ts, last_step }) => ({
      key: nameOf(names.metrics, key),
      value: last_value ?? Number.NaN,
      timestamp: last_ts,
      step: last_step,
    })),
    params: rows.params.map(({ key, value }) => ({ key: nameOf(names.params, key), value })),
    tags: rows.tags.map(({ key, value }) => ({ key: nameOf(names.tags, key), value })),
  }
}

async function upTo<Row>(db: Database, read: (reader: Reader, most: number) => Promise<Row[]>): Promise<Row[]> {
  const rows = await read(db.lookup, lookupRows + 1)
  return rows.length > lookupRows ? read(db.read, 2 ** 31 - 1) : rows
}
