import { sql } from 'kysely'
import type { Engine } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { Comparison, FilterTree } from '../../search/filter-tree.ts'
import { integerCondition } from '../../search/number-condition.ts'
import { type Condition, textCondition } from '../../search/text-condition.ts'
import { promptTag } from '../registered-models/registered-model-rules.ts'

/** What all parts of one search have in common. */
export interface VersionScope {
  readonly engine: Engine
  readonly platform: Platform
  /** The only model whose versions are meant, where the filter names one. */
  readonly model: Int64 | undefined
}

const textColumns = { name: 'r.name', run_id: 'v.run_id', source_path: 'v.source' } as const

/** The condition for a version `v` of a model `r`. */
export function versionCondition(scope: VersionScope, tree: FilterTree): Condition {
  switch (tree.type) {
    case 'comparison':
      return comparisonCondition(scope, tree)
    case 'not':
      return sql`not (${versionCondition(scope, tree.child)})`
    default: {
      const children = tree.children.map((child) => sql`(${versionCondition(scope, child)})`)
      return sql`(${sql.join(children, tree.type === 'and' ? sql` and ` : sql` or `)})`
    }
  }
}

/** MLflow leaves out every version of a model of which one is tagged as a prompt. `offset 0` keeps it a probe. */
export function notOfPrompts({ platform }: VersionScope): Condition {
  return sql`not exists (select 1 from model_version_tags as t where t.tenant = ${platform} and t.key = ${promptTag}
    and t.value_key = 'true' and t.model = v.model limit 1 offset 0)`
}

function comparisonCondition(scope: VersionScope, comparison: Comparison): Condition {
  const { engine, platform } = scope
  const { side, operator, value } = comparison
  if (operator === 'IS NULL') {
    return sql`not (${comparisonCondition(scope, { ...comparison, operator: 'IS NOT NULL' })})`
  }
  if (side.entity === 'tag') {
    return sql`exists (select 1 from model_version_tags as t where t.tenant = ${platform} and t.model = v.model
      and t.version = v.version and t.key = ${side.key}
      and (${textCondition(engine, sql.ref('t.value'), operator, value ?? '')}) limit 1 offset 0)`
  }
  if (side.key === 'version_number') return integerCondition(sql.ref('v.version'), operator, value ?? [])
  const column = textColumns[side.key as keyof typeof textColumns]
  return textCondition(engine, sql.ref(column), operator, value ?? '')
}
