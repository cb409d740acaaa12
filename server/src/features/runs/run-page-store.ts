import type { Database, Reader } from '../../db/database.ts'
import { type JsonListText, jsonList, parseJsonList } from '../../db/json-list.ts'
import { type NumberListText, numberListText, numberRows } from '../../db/number-list.ts'
import { prepared } from '../../db/prepared.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { nameRunData, namesOfData, type RunData, type RunDataRows, type TextRow } from './run-data-store.ts'
import { linksOfRuns, type RunLinks } from './run-links-store.ts'
import { type RunRow, runColumns } from './run-store.ts'

/** Runs that are read together; a longer page is read in parts, so that neither thread is busy with one for long. */
const runsPerPart = 1000

/** A run as a search answers it: without its model inputs (MLflow runs/search). */
export interface WholeRun {
  readonly row: RunRow
  readonly data: RunData
  readonly links: RunLinks
}

interface OfRuns {
  readonly tenant: Tenant
  readonly runs: NumberListText
}

const rowsOfRuns = prepared((db, p: OfRuns) =>
  db
    .selectFrom(numberRows(db, p.runs).as('page'))
    .crossJoin('runs as r')
    .where('r.tenant', '=', p.tenant)
    .whereRef('r.run', '=', 'page.number')
    .select('page.place')
    .select(runColumns.map((column) => `r.${column}` as const)),
)

const metricsOfRuns = prepared((db, p: OfRuns) =>
  db
    .selectFrom(numberRows(db, p.runs).as('page'))
    .crossJoin('metric_summary as m')
    .where('m.tenant', '=', p.tenant)
    .whereRef('m.run', '=', 'page.number')
    .select(['page.place', 'm.key', 'm.last_value', 'm.last_ts', 'm.last_step']),
)

/** One row with everything: texts are most of a page, and cross in three lists faster than in rows. */
const textsOfRuns = (table: 'params' | 'tags') =>
  prepared((db, p: OfRuns) =>
    db
      .selectFrom(numberRows(db, p.runs).as('page'))
      .crossJoin(`${table} as t`)
      .where('t.tenant', '=', p.tenant)
      .whereRef('t.run', '=', 'page.number')
      .select(({ ref }) => [
        jsonList(db, ref('page.place')).as('places'),
        jsonList(db, ref('t.key')).as('keys'),
        jsonList(db, ref('t.value')).as('values'),
      ]),
  )

const paramsOfRuns = textsOfRuns('params')
const tagsOfRuns = textsOfRuns('tags')

/** The runs of a page in the order of their numbers given; one that is gone meanwhile is left out. */
export async function readRuns(db: Database, tenant: Tenant, runs: readonly Int64[]): Promise<WholeRun[]> {
  const page: WholeRun[] = []
  for (let start = 0; start < runs.length; start += runsPerPart) {
    page.push(...(await readPart(db, tenant, runs.slice(start, start + runsPerPart))))
  }
  return page
}

async function readPart(db: Database, tenant: Tenant, runs: readonly Int64[]): Promise<WholeRun[]> {
  const of = { tenant, runs: numberListText(runs) }
  const [rows, data, links] = await Promise.all([
    rowsOfRuns(db.read, of),
    readData(db.read, of, runs.length),
    linksOfRuns(db.read, tenant, runs, 'without model inputs'),
  ])
  const names = await namesByExperiment(db, tenant, rows, data)
  return rows
    .sort((a, b) => a.place - b.place)
    .map(({ place, ...row }) => ({
      row,
      data: nameRunData(data[place]!, names.get(String(row.experiment))!),
      links: links[place]!,
    }))
}

async function readData(db: Reader, of: OfRuns, count: number): Promise<RunDataRows[]> {
  const [metrics, params, tags] = await Promise.all([metricsOfRuns(db, of), paramsOfRuns(db, of), tagsOfRuns(db, of)])
  const data = Array.from({ length: count }, (): RunDataRows => ({ metrics: [], params: [], tags: [] }))
  for (const metric of metrics) data[metric.place]!.metrics.push(metric)
  for (const lists of params) addTexts(lists, (place) => data[place]!.params)
  for (const lists of tags) addTexts(lists, (place) => data[place]!.tags)
  // Engines give them by key as a rule, but need not.
  for (const lists of data) for (const list of [lists.metrics, lists.params, lists.tags]) sortByKey(list)
  return data
}

interface TextLists {
  readonly places: JsonListText<number>
  readonly keys: JsonListText<number>
  readonly values: JsonListText<string>
}

function addTexts({ places, keys, values }: TextLists, listOf: (place: number) => TextRow[]): void {
  const [allKeys, allValues] = [parseJsonList(keys), parseJsonList(values)]
  for (const [index, place] of parseJsonList(places).entries()) {
    listOf(place).push({ key: allKeys[index]!, value: allValues[index]! })
  }
}

function sortByKey(rows: { readonly key: number }[]): void {
  for (let index = 1; index < rows.length; index++) {
    if (rows[index]!.key < rows[index - 1]!.key) {
      rows.sort((a, b) => a.key - b.key)
      return
    }
  }
}

async function namesByExperiment(
  db: Database,
  tenant: Tenant,
  rows: readonly { readonly place: number; readonly experiment: Int64 }[],
  data: readonly RunDataRows[],
) {
  const byExperiment = new Map<string, { experiment: Int64; data: RunDataRows[] }>()
  for (const { place, experiment } of rows) {
    const id = String(experiment)
    const earlier = byExperiment.get(id)
    if (earlier === undefined) byExperiment.set(id, { experiment, data: [data[place]!] })
    else earlier.data.push(data[place]!)
  }
  const named = [...byExperiment].map(async ([id, { experiment, data: own }]) => {
    const all = {
      metrics: own.flatMap(({ metrics }) => metrics),
      params: own.flatMap(({ params }) => params),
      tags: own.flatMap(({ tags }) => tags),
    }
    return [id, await namesOfData(db, tenant, experiment, all)] as const
  })
  return new Map(await Promise.all(named))
}
