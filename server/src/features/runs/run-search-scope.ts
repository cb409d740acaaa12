import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from '../../contract/endpoint.ts'
import type { Engine, Reader } from '../../db/database.ts'
import { type KeyKind, keyKind } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { FilterTree, OrderTerm, Side } from '../../search/filter-tree.ts'

/** Which runs a search looks at, and how names become key numbers there. */
export interface RunScope {
  readonly engine: Engine
  readonly tenant: Tenant
  readonly experiments: readonly Int64[]
  /** Every experiment of the workspace, whatever `experiments` says. */
  readonly everywhere?: boolean
  /** Undefined: both stages. */
  readonly deleted: 0 | 1 | undefined
  /** As whose clients see a run's status. */
  readonly dialect: Dialect
  /** The catalogue number of a name, in terms of the run `r` (a constant where one experiment is searched). */
  keyOf(kind: KeyKind, name: string): RawBuilder<unknown>
}

/** Name of the tag that holds a run's name; the filter on `run_name` asks it (as in MLflow). */
export const runNameTag = 'mlflow.runName'

const kindOf = { metric: keyKind.metric, param: keyKind.param, tag: keyKind.tag } as const

/** No catalogue has an entry with this number. */
const noKey = sql`-1`

/** A scope of one experiment: each name is looked up once, before the search. */
export async function scopeOfExperiment(
  db: Reader,
  scope: Pick<RunScope, 'engine' | 'tenant' | 'deleted' | 'dialect'> & { readonly experiment: Int64 },
  sides: readonly Side[],
): Promise<RunScope> {
  const { experiment, ...rest } = scope
  const names = [...new Set(sides.flatMap((side) => catalogueNames(side)))]
  const rows =
    names.length === 0
      ? []
      : await db
          .selectFrom('keys')
          .select(['kind', 'key', 'name'])
          .where('tenant', '=', scope.tenant)
          .where('experiment', '=', experiment)
          .where('kind', 'in', Object.values(kindOf))
          .where('name', 'in', names)
          .execute()
  const numbers = new Map(rows.map(({ kind, key, name }) => [`${kind} ${name}`, key]))
  return {
    ...rest,
    experiments: [experiment],
    keyOf(kind, name) {
      const number = numbers.get(`${kind} ${name}`)
      return number === undefined ? noKey : sql`${sql.lit(number)}`
    },
  }
}

/** A scope of many experiments: names are looked up for each run. */
export function scopeOfExperiments(
  scope: Pick<RunScope, 'engine' | 'tenant' | 'deleted' | 'dialect' | 'experiments' | 'everywhere'>,
): RunScope {
  return {
    ...scope,
    keyOf: (kind, name) => sql`(select k.key from keys as k where k.tenant = ${scope.tenant}
      and k.experiment = r.experiment and k.kind = ${sql.lit(kind)} and k.name = ${name})`,
  }
}

/** Everything that a filter and an order name. */
export function sidesOf(tree: FilterTree | null, order: readonly OrderTerm[]): Side[] {
  const sides = order.map((term) => term.side)
  const visit = (node: FilterTree): void => {
    if (node.type === 'comparison') sides.push(node.side)
    else if (node.type === 'not') visit(node.child)
    else node.children.forEach(visit)
  }
  if (tree !== null) visit(tree)
  return sides
}

function catalogueNames({ entity, key }: Side): string[] {
  if (entity === 'attribute') return key === 'run_name' ? [runNameTag] : []
  return entity === 'dataset' ? [] : [key]
}
