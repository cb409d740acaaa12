import { handle } from '../../context/context.ts'
import type { Input } from '../../contract/wire.ts'
import type { Reader } from '../../db/database.ts'
import { invalidParameter } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { refuseBeyondAidp } from '../../search/aidp-filter-rules.ts'
import { parseFilter } from '../../search/filter-parser.ts'
import { loggedModelVocabulary } from '../../search/vocabulary/logged-model-vocabulary.ts'
import { experimentNumbers } from '../experiments/experiment-public.ts'
import { checkExperimentIds, experimentNumber } from '../experiments/experiment-rules.ts'
import type { DatasetFilter } from './logged-model-conditions.ts'
import * as contract from './logged-model-contract.ts'
import { detailsOfModels, noDetails } from './logged-model-details.ts'
import { loggedModelMessage } from './logged-model-message.ts'
import { completeModelOrder, type ModelOrderTerm } from './logged-model-order.ts'
import { findModelPage, sortKinds } from './logged-model-page.ts'
import { decodeModelPageToken, encodeModelPageToken, type TokenQuery } from './logged-model-page-token.ts'

type Request = Input<typeof contract.searchLoggedModels.request>

/** MLflow's: absent, and 0. */
const defaultPageSize = 50
const pageSizeOfZero = 100

export const searchLoggedModels = handle(contract.searchLoggedModels, async ({ db, dialect, tenant }, request) => {
  const size = pageSize(request.max_results)
  checkExperimentIds(request.experiment_ids)
  const query = tokenQuery(request)
  const tree = parseFilter(request.filter, loggedModelVocabulary)
  if (dialect === 'aidp') refuseBeyondAidp(tree)
  const scope = {
    engine: db.engine,
    tenant,
    experiments:
      dialect === 'aidp' && request.experiment_ids.length === 0
        ? await everyExperiment(db.read, tenant)
        : [...new Set(request.experiment_ids.map((id) => experimentNumber(id, tenant)))],
    datasets: request.datasets.map(datasetFilter),
    tree,
    order: completeModelOrder(request.order_by.map(orderTerm)),
  }
  const after = request.page_token ? { after: decodeModelPageToken(request.page_token, query, sortKinds(scope)) } : {}
  if (scope.experiments.length === 0) return { body: {} }
  const found = await findModelPage(db.read, { ...scope, ...after, limit: size + 1 })
  const page = found.slice(0, size)
  const details = await detailsOfModels(
    db.engine,
    db.read,
    tenant,
    page.map(({ row }) => row.model),
  )
  const models = page.map(({ row }) => loggedModelMessage(row, details.get(String(row.model)) ?? noDetails))
  const last = page.at(-1)
  if (last === undefined || found.length <= size) return { body: { models } }
  return { body: { models, next_page_token: encodeModelPageToken(query, last.sortValues) } }
})

/** Experiments that one search covers. */
const mostExperiments = 10_000

/** AIDP searches the whole workspace when no experiment is named. */
async function everyExperiment(db: Reader, tenant: Tenant): Promise<Int64[]> {
  const experiments = await experimentNumbers(db, tenant, mostExperiments + 1)
  if (experiments.length <= mostExperiments) return experiments
  throw invalidParameter(
    `The workspace has more than ${mostExperiments} experiments; name those to search in 'experiment_ids'.`,
    { field: 'experiment_ids' },
  )
}

function pageSize(asked = defaultPageSize): number {
  if (asked < 0) {
    throw invalidParameter(
      `Invalid value ${asked} for parameter 'max_results' supplied. It must be a positive integer.`,
      { field: 'max_results' },
    )
  }
  return asked === 0 ? pageSizeOfZero : asked
}

function datasetFilter({ dataset_name, dataset_digest }: Request['datasets'][number]): DatasetFilter {
  if (!dataset_name) {
    throw invalidParameter('`dataset_name` in the `datasets` clause must be specified.', { field: 'datasets' })
  }
  return dataset_digest ? { name: dataset_name, digest: dataset_digest } : { name: dataset_name }
}

function orderTerm(asked: Request['order_by'][number]): ModelOrderTerm {
  return {
    side: loggedModelVocabulary.order.readSide(asked.field_name ?? ''),
    descending: asked.ascending === false,
    ...(asked.dataset_name ? { datasetName: asked.dataset_name } : {}),
    ...(asked.dataset_digest ? { datasetDigest: asked.dataset_digest } : {}),
  }
}

function tokenQuery(request: Request): TokenQuery {
  const order = request.order_by.map((term) => ({
    field_name: term.field_name ?? '',
    ascending: term.ascending ?? true,
    dataset_name: term.dataset_name || null,
    dataset_digest: term.dataset_digest || null,
  }))
  return {
    experiment_ids: request.experiment_ids,
    filter_string: request.filter || null,
    order_by: order.length === 0 ? null : order,
  }
}
