import { sql } from 'kysely'
import { handle } from '../../context/context.ts'
import type { Dialect } from '../../contract/endpoint.ts'
import type { Input } from '../../contract/wire.ts'
import { invalidParameter, wrongType } from '../../errors/errors.ts'
import { type Int64, int64Max } from '../../lib/int64.ts'
import { refuseBeyondAidp } from '../../search/aidp-filter-rules.ts'
import { parseFilter } from '../../search/filter-parser.ts'
import type { FilterTree } from '../../search/filter-tree.ts'
import type { SortKey, SortValues } from '../../search/keyset.ts'
import { completeOrder, parseOrderBy } from '../../search/order-by-parser.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { registeredModelVocabulary } from '../../search/vocabulary/registered-model-vocabulary.ts'
import { visibleModels } from '../permissions/caller-rights.ts'
import { promptScope } from './prompt-rule.ts'
import * as contract from './registered-model-contract.ts'
import { detailsOfModels } from './registered-model-details.ts'
import { registeredModelMessage } from './registered-model-message.ts'
import { findModels, modelSortKeys } from './registered-model-search.ts'

const defaultPageSize = 100
const mostResults = 1000

/** This server runs no deployments (AIDP asks for their numbers, D51). */
const noDeployments = { total_deployment: 0, active_deployment: 0 } as const

export const searchRegisteredModels = handle(contract.searchRegisteredModels, async (context, request) => {
  const { db, platform, caller, dialect, mount } = context
  const limit = pageSize(request.max_results)
  const { tree, isPrompt } = promptScope(readFilter(request.filter, dialect))
  const clauses = orderClauses(request, dialect)
  const order = completeOrder(parseOrderBy(clauses, registeredModelVocabulary), registeredModelVocabulary)
  const query = ['registered-models', platform, caller.id, dialect, request.filter ?? '', clauses]
  const keys = modelSortKeys(order)
  const after = decodePageToken(
    request.page_token,
    query,
    keys.map(({ kind }) => kind),
  )
  const visible = visibleModels(platform, caller, sql.ref('m.model'))
  const search = { engine: db.engine, platform, tree, visible, isPrompt, order, after, limit: limit + 1 }
  const found = await findModels(db.read, search)
  const page = found.slice(0, limit)
  const rows = page.map(({ row }) => row)
  const details = await detailsOfModels(
    db.engine,
    db.read,
    platform,
    rows.map(({ model }) => model),
  )
  const end = page.at(-1)?.values ?? after ?? beforeAll(keys)
  return {
    body: {
      registered_models: rows.map((row, place) => ({
        ...registeredModelMessage(mount, row, details[place]!),
        ...(request.is_deployment_summary_enabled === true ? { deployment_summary: noDeployments } : {}),
      })),
      next_page_token: found.length > limit ? encodePageToken(query, end) : undefined,
    },
  }
})

/**
 * AIDP's contract has its own limits, 1 to 1000. MLflow reads 0 as a page of nothing, with a token for the same place. It answers negative sizes with nothing or with all but
 * the last models; they are refused here.
 */
function pageSize(asked: Int64 = defaultPageSize): number {
  if (asked > mostResults) throw wrongType('max_results', String(asked))
  if (asked < 0) {
    throw invalidParameter(
      `Invalid value ${asked} for parameter 'max_results' supplied. It must be from 0 to ${mostResults}.`,
      { field: 'max_results' },
    )
  }
  return Number(asked)
}

/** For AIDP, LIKE on a name means "contains" (D48). */
function readFilter(filter: string | undefined, dialect: Dialect): FilterTree | null {
  const tree = parseFilter(filter, registeredModelVocabulary)
  if (dialect === 'aidp') refuseBeyondAidp(tree)
  return dialect === 'aidp' && tree !== null ? withContains(tree) : tree
}

function withContains(tree: FilterTree): FilterTree {
  switch (tree.type) {
    case 'comparison': {
      const { side, operator, value } = tree
      const isPattern = operator === 'LIKE' || operator === 'ILIKE'
      return isPattern && side.entity === 'attribute' ? { ...tree, value: `%${String(value)}%` } : tree
    }
    case 'not':
      return { ...tree, child: withContains(tree.child) }
    default:
      return { ...tree, children: tree.children.map(withContains) }
  }
}

/** AIDP clients send one string, a list with commas, or repeats (D49). */
function orderClauses(
  { order_by }: Input<typeof contract.searchRegisteredModels.request>,
  dialect: Dialect,
): readonly string[] {
  if (dialect === 'mlflow') return order_by
  return order_by
    .flatMap((clause) => clause.split(','))
    .flatMap((clause) => (clause.trim() === '' ? [] : [clause.trim()]))
}

/** Sort values in front of every row's. */
function beforeAll(keys: readonly SortKey[]): SortValues {
  return keys.map(({ kind, descending }) => {
    if (kind === 'text') return descending ? '\u{10ffff}'.repeat(16) : ''
    return descending ? int64Max : -1
  })
}
