import type { Reader } from '../../db/database.ts'
import { type NumberListText, numberListText, numberRows } from '../../db/number-list.ts'
import { prepared } from '../../db/prepared.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { DatasetInputRow, ModelOutputRow } from './run-inputs-store.ts'

/** Datasets and logged models that a run has read or made. */
export interface RunLinks {
  /** In the order in which they were logged. */
  readonly datasets: DatasetInputRow[]
  /** Model ids, in their order. */
  readonly modelInputs: string[]
  /** In the order of model ids. */
  readonly modelOutputs: ModelOutputRow[]
}

interface OfRuns {
  readonly tenant: Tenant
  readonly runs: NumberListText
}

const datasetsOfRuns = prepared((db, p: OfRuns) =>
  db
    .selectFrom(numberRows(db, p.runs).as('page'))
    .crossJoin('run_inputs as i')
    .where('i.tenant', '=', p.tenant)
    .whereRef('i.run', '=', 'page.number')
    .crossJoin('datasets as d')
    .where('d.tenant', '=', p.tenant)
    .whereRef('d.experiment', '=', 'i.experiment')
    .whereRef('d.dataset', '=', 'i.dataset')
    .select(['page.place', 'i.position', 'd.name', 'd.digest', 'd.source_type', 'd.source', 'd.schema', 'd.profile']),
)

const inputTagsOfRuns = prepared((db, p: OfRuns) =>
  db
    .selectFrom(numberRows(db, p.runs).as('page'))
    .crossJoin('run_inputs as i')
    .where('i.tenant', '=', p.tenant)
    .whereRef('i.run', '=', 'page.number')
    .crossJoin('run_input_tags as t')
    .where('t.tenant', '=', p.tenant)
    .whereRef('t.run', '=', 'i.run')
    .whereRef('t.dataset', '=', 'i.dataset')
    .select(['page.place', 'i.position', 't.name', 't.value'])
    .orderBy('t.name'),
)

const modelInputsOfRuns = prepared((db, p: OfRuns) =>
  db
    .selectFrom(numberRows(db, p.runs).as('page'))
    .crossJoin('run_model_inputs as m')
    .where('m.tenant', '=', p.tenant)
    .whereRef('m.run', '=', 'page.number')
    .select(['page.place', 'm.model_id'])
    .orderBy('m.model_id'),
)

const modelOutputsOfRuns = prepared((db, p: OfRuns) =>
  db
    .selectFrom(numberRows(db, p.runs).as('page'))
    .crossJoin('run_model_outputs as m')
    .where('m.tenant', '=', p.tenant)
    .whereRef('m.run', '=', 'page.number')
    .select(['page.place', 'm.model_id', 'm.step'])
    .orderBy('m.model_id'),
)

/** The links of each of the given runs, in their order. Model inputs are read only when asked for. */
export async function linksOfRuns(
  db: Reader,
  tenant: Tenant,
  runs: readonly Int64[],
  models: 'with model inputs' | 'without model inputs',
): Promise<RunLinks[]> {
  const of = { tenant, runs: numberListText(runs) }
  const [datasets, tags, inputs, outputs] = await Promise.all([
    datasetsOfRuns(db, of),
    inputTagsOfRuns(db, of),
    models === 'with model inputs' ? modelInputsOfRuns(db, of) : [],
    modelOutputsOfRuns(db, of),
  ])
  const links: RunLinks[] = runs.map(() => ({ datasets: [], modelInputs: [], modelOutputs: [] }))
  const tagsOfInput = new Map<string, { key: string; value: string }[]>()
  for (const { place, position, name, value } of tags) {
    const input = `${place}/${position}`
    const tag = { key: name, value }
    const earlier = tagsOfInput.get(input)
    if (earlier === undefined) tagsOfInput.set(input, [tag])
    else earlier.push(tag)
  }
  datasets.sort((a, b) => a.position - b.position)
  for (const { place, position, ...dataset } of datasets) {
    links[place]?.datasets.push({ dataset, tags: tagsOfInput.get(`${place}/${position}`) ?? [] })
  }
  for (const { place, model_id } of inputs) links[place]?.modelInputs.push(model_id)
  for (const { place, model_id, step } of outputs) links[place]?.modelOutputs.push({ model_id, step })
  return links
}
