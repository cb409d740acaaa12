import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { refuseBeyondAidp } from '../../search/aidp-filter-rules.ts'
import { parseFilter } from '../../search/filter-parser.ts'
import { completeOrder, parseOrderBy } from '../../search/order-by-parser.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { experimentVocabulary } from '../../search/vocabulary/experiment-vocabulary.ts'
import * as contract from './experiment-contract.ts'
import { experimentMessage } from './experiment-message.ts'
import { deletedFlagOf } from './experiment-public.ts'
import { experimentSortKeys, findExperiments } from './experiment-search.ts'
import { tagsOfExperiments } from './experiment-store.ts'

const mostResults = 50_000

export const searchExperiments = handle(
  contract.searchExperiments,
  async ({ db, dialect, tenant, workspaceKey }, request) => {
    const limit = pageSize(Number(request.max_results ?? 0))
    const tree = parseFilter(request.filter, experimentVocabulary)
    if (dialect === 'aidp') refuseBeyondAidp(tree)
    const order = completeOrder(parseOrderBy(request.order_by, experimentVocabulary), experimentVocabulary)
    const deleted = deletedFlagOf(request.view_type)
    const query = [request.filter ?? '', request.order_by, deleted ?? null]
    const kinds = experimentSortKeys(order).map(({ kind }) => kind)
    const after = decodePageToken(request.page_token, query, kinds)
    const found = await findExperiments(db, { tenant, deleted, tree, order, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const tags = await tagsOfExperiments(
      db.read,
      tenant,
      page.map(({ row }) => row.experiment),
    )
    return {
      body: {
        experiments: page.map(({ row }) =>
          experimentMessage(row, tags.get(String(row.experiment)) ?? [], workspaceKey),
        ),
        next_page_token: found.length > limit && last !== undefined ? encodePageToken(query, last.values) : undefined,
      },
    }
  },
)

/** MLflow asks for a size: an absent one counts as 0, which is refused. */
function pageSize(maxResults: number): number {
  const refuse = (rule: string) =>
    invalidParameter(`Invalid value ${maxResults} for parameter 'max_results' supplied. ${rule}`, {
      field: 'max_results',
    })
  if (maxResults < 1) throw refuse('It must be a positive integer')
  if (maxResults > mostResults) throw refuse(`It must be at most ${mostResults}`)
  return maxResults
}
