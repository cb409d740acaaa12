import { handle } from '../../context/context.ts'
import { refuseBeyondAidp } from '../../search/aidp-filter-rules.ts'
import { parseFilter } from '../../search/filter-parser.ts'
import { completeOrder, parseOrderBy } from '../../search/order-by-parser.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { runVocabulary } from '../../search/vocabulary/run-vocabulary.ts'
import { deletedFlagOf } from '../experiments/experiment-public.ts'
import { checkExperimentIds, experimentNumber } from '../experiments/experiment-rules.ts'
import * as contract from './run-contract.ts'
import { runMessage } from './run-message.ts'
import { readRuns } from './run-page-store.ts'
import { findRuns, sortKindsOf } from './run-search.ts'
import { pageSize } from './run-search-rules.ts'

export const searchRuns = handle(contract.searchRuns, async ({ db, dialect, tenant, now }, request) => {
  const limit = pageSize(request.max_results)
  const tree = parseFilter(request.filter, runVocabulary)
  if (dialect === 'aidp') refuseBeyondAidp(tree)
  const order = completeOrder(parseOrderBy(request.order_by, runVocabulary), runVocabulary)
  checkExperimentIds(request.experiment_ids)
  const everywhere = dialect === 'aidp' && request.experiment_ids.length === 0
  const experiments = [...new Set(request.experiment_ids.map((id) => experimentNumber(id, tenant)))]
  const deleted = deletedFlagOf(request.run_view_type)
  const query = [everywhere ? 'everywhere' : experiments, request.filter ?? '', request.order_by, deleted ?? null]
  const after = decodePageToken(request.page_token, query, sortKindsOf(order))
  if (experiments.length === 0 && !everywhere) return { body: {} }
  const search = { tenant, experiments, everywhere, deleted, dialect, tree, order, after, limit: limit + 1 }
  const found = await findRuns(db, search, now())
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const runs = await readRuns(
    db,
    tenant,
    page.map(({ run }) => run),
  )
  return {
    body: {
      runs: runs.map(({ row, data, links }) => runMessage(row, data, links, dialect)),
      next_page_token: found.length > limit && last !== undefined ? encodePageToken(query, last.values) : undefined,
    },
  }
})
