import { type RawBuilder, sql } from 'kysely'
import { type Int64, int64Max, int64Min, toInt64 } from '../lib/int64.ts'
import type { Operator, Scalar } from './filter-tree.ts'
import { always, type Condition, never } from './text-condition.ts'

const operators = { '=': sql`=`, '!=': sql`<>`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` } as const

/** A comparison of a metric value that is there; NaN is NULL, and nothing but `!=` and NOT IN is true for it. */
export function metricCondition(
  left: RawBuilder<unknown>,
  operator: Operator,
  value: Scalar | readonly Scalar[],
): Condition {
  switch (operator) {
    case 'IN':
    case 'NOT IN': {
      const equal = (value as readonly Scalar[]).map((item) => metricCondition(left, '=', item))
      const any: Condition = equal.length === 0 ? never : sql`(${sql.join(equal, sql` or `)})`
      return operator === 'IN' ? any : sql`(${left} is null or not ${any})`
    }
    case 'IS NULL':
      return never
    case 'IS NOT NULL':
      return always
    case 'LIKE':
    case 'ILIKE':
      return never
    default: {
      const number = Number(value)
      if (operator === '!=') return Number.isNaN(number) ? always : sql`(${left} is null or ${left} <> ${number})`
      return Number.isNaN(number) ? never : sql`${left} ${operators[operator]} ${number}`
    }
  }
}

/** A comparison of a 64-bit integer column with a number that need be neither whole nor within 64 bits. */
export function integerCondition(
  left: RawBuilder<unknown>,
  operator: Operator,
  value: Scalar | readonly Scalar[],
): Condition {
  switch (operator) {
    case 'IN':
    case 'NOT IN': {
      const equal = (value as readonly Scalar[]).map((item) => integerCondition(left, '=', item))
      const any: Condition = equal.length === 0 ? never : sql`(${sql.join(equal, sql` or `)})`
      return operator === 'IN' ? any : sql`not ${any}`
    }
    case 'IS NULL':
      return never
    case 'IS NOT NULL':
      return always
    case 'LIKE':
    case 'ILIKE':
      return never
    default:
      return compareInteger(left, operator, value as Int64)
  }
}

function compareInteger(left: RawBuilder<unknown>, operator: keyof typeof operators, value: Int64): Condition {
  if (Number.isNaN(value)) return operator === '!=' ? always : never
  if (value > int64Max) return operator === '<' || operator === '<=' || operator === '!=' ? always : never
  if (value < int64Min) return operator === '>' || operator === '>=' || operator === '!=' ? always : never
  if (typeof value === 'bigint' || Number.isInteger(value)) {
    return sql`${left} ${operators[operator]} ${toInt64(BigInt(value))}`
  }
  if (operator === '=') return never
  if (operator === '!=') return always
  // Between two integers: above the lower one is at least the upper one.
  return operator === '>' || operator === '>='
    ? sql`${left} >= ${Math.ceil(value)}`
    : sql`${left} <= ${Math.floor(value)}`
}
