import { sql } from 'kysely'
import { handle } from '../../context/context.ts'
import type { Dialect } from '../../contract/endpoint.ts'
import { invalidParameter, wrongType } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import { refuseBeyondAidp } from '../../search/aidp-filter-rules.ts'
import { parseFilter } from '../../search/filter-parser.ts'
import { type FilterTree, join } from '../../search/filter-tree.ts'
import { completeOrder, parseOrderBy } from '../../search/order-by-parser.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { aidpModelVersionVocabulary, modelVersionVocabulary } from '../../search/vocabulary/model-version-vocabulary.ts'
import { visibleModels } from '../permissions/caller-rights.ts'
import { promptScope } from '../registered-models/prompt-rule.ts'
import { promptTag } from '../registered-models/registered-model-rules.ts'
import * as contract from './model-version-contract.ts'
import { modelVersionMessage } from './model-version-message.ts'
import { findModelVersions, versionSortKeys } from './model-version-search.ts'

/** MLflow's default too; AIDP's is that of its contract. */
const mostResults = 200_000

/** Versions of prompts are tagged themselves: their models' tags do not count here. */
const isPromptVersion: FilterTree = {
  type: 'comparison',
  side: { entity: 'tag', key: promptTag },
  operator: '=',
  value: 'true',
}

export const searchModelVersions = handle(contract.searchModelVersions, async (context, request) => {
  const { db, platform, caller, mount, dialect } = context
  const vocabulary = dialect === 'aidp' ? aidpModelVersionVocabulary : modelVersionVocabulary
  const limit = pageSize(request.max_results)
  const filter = parseFilter(request.filter, vocabulary)
  if (dialect === 'aidp') refuseBeyondAidp(filter)
  const { tree, isPrompt } = promptScope(filter)
  const clauses = orderClauses(request.order_by, dialect)
  const order = completeOrder(parseOrderBy(clauses, vocabulary), vocabulary)
  const query = ['model-versions', platform, caller.id, dialect, request.filter ?? '', clauses]
  const kinds = versionSortKeys(order).map(({ kind }) => kind)
  const found = await findModelVersions(db, {
    platform,
    tree: isPrompt === 1 ? join('and', tree === null ? [isPromptVersion] : [isPromptVersion, tree]) : tree,
    visible: visibleModels(platform, caller, sql.ref('v.model')),
    withoutPrompts: isPrompt === 0,
    order,
    after: decodePageToken(request.page_token, query, kinds),
    limit: limit + 1,
  })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    body: {
      model_versions: page.map(({ row }) => modelVersionMessage(mount, row)),
      next_page_token: found.length > limit && last !== undefined ? encodePageToken(query, last.values) : undefined,
    },
  }
})

function pageSize(asked: Int64 = mostResults): number {
  if (asked > mostResults) throw wrongType('max_results', String(asked))
  if (asked >= 1) return Number(asked)
  throw invalidParameter(`Invalid value for max_results. It must be a positive integer, but got ${asked}`, {
    field: 'max_results',
  })
}

/** AIDP clients send one string, a list with commas, or repeats (D49); `version` is a keyword of MLflow's language. */
function orderClauses(given: readonly string[], dialect: Dialect): readonly string[] {
  if (dialect === 'mlflow') return given
  const clauses = given.flatMap((text) => text.split(',')).map((clause) => clause.trim())
  return clauses
    .filter((clause) => clause !== '')
    .map((clause) => clause.replace(/^version(?=\s|$)/i, 'version_number').replace(/^stage(?=\s|$)/i, 'current_stage'))
}
