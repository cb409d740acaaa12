import { type RawBuilder, sql } from 'kysely'
import type { Int64 } from '../lib/int64.ts'
import type { Condition } from './text-condition.ts'

/** What rows are sorted by; never NULL. */
export interface SortKey {
  readonly kind: 'text' | 'integer' | 'double'
  readonly expression: RawBuilder<unknown>
  readonly descending: boolean
}

/** The value of each sort key; those of the last row of a page say where the next one starts. */
export type SortValues = readonly (string | Int64)[]

/** The ORDER BY list of sort keys. */
export function orderOf(keys: readonly SortKey[]): RawBuilder<unknown> {
  return sql.join(keys.map(({ expression, descending }) => directed(expression, descending)))
}

export function directed(expression: RawBuilder<unknown>, descending: boolean): RawBuilder<unknown> {
  return descending ? sql`${expression} desc` : sql`${expression}`
}

/** Rows that come after the given sort values; written so that an index on the first key gives the start. */
export function behind([key, ...others]: readonly SortKey[], [value, ...rest]: SortValues): Condition {
  if (key === undefined) return sql`1 = 0`
  const { expression, descending } = key
  const beyond: Condition = descending ? sql`${expression} < ${value}` : sql`${expression} > ${value}`
  if (others.length === 0) return beyond
  const reached: Condition = descending ? sql`${expression} <= ${value}` : sql`${expression} >= ${value}`
  return sql`${reached} and (${beyond} or (${behind(others, rest)}))`
}
