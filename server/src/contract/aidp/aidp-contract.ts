import type { Method } from '../endpoint.ts'
import contract from './operations.json' with { type: 'json' }

/** A field of a request or answer, with the limits of the AIDP MLOps API 20260430. */
export interface AidpField {
  readonly name: string
  /** `string`, `boolean`, `int32`, `int64`, `integer`, `double`, `date-time`, `object`, a type's name; `[]` behind it: a list. */
  readonly type: string
  readonly required?: boolean
  /** Characters. */
  readonly minLength?: number
  /** Characters. */
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly min?: number
  readonly max?: number
  readonly enum?: string
  readonly default?: string | number | boolean
  /** Other names under which a request may give the field. */
  readonly aliases?: readonly string[]
  /** A text of digits that may also come as a JSON integer. */
  readonly acceptsInteger?: boolean
}

/** One operation of the contract. */
export interface AidpContract {
  readonly n: number
  readonly id: string
  /** Where its path begins: `…/mlops/api` of a workspace or platform, or the platform itself. */
  readonly mount: 'workspace' | 'platform' | 'control'
  readonly method: Method
  /** With `{name}` parameters. */
  readonly path: string
  readonly profile: string
  readonly status: number
  readonly requestHeaders: readonly string[]
  readonly responseHeaders: readonly string[]
  readonly query: readonly AidpField[]
  /** Name of the body's type; null for none. */
  readonly request: string | null
  /** Name of the answer's type; null for an answer without a body. */
  readonly response: string | null
  /** Status to codes. */
  readonly errors: Readonly<Record<string, readonly string[]>>
}

interface Contract {
  readonly operations: readonly (AidpContract | AbsentOperation)[]
  readonly types: Readonly<Record<string, readonly AidpField[]>>
  readonly enums: Readonly<Record<string, readonly string[]>>
}

/** An operation that this server does not have. */
export type AbsentOperation = Pick<AidpContract, 'n' | 'id' | 'mount' | 'method' | 'path' | 'profile'> & {
  readonly absent: true
}

const { operations, types, enums } = contract as unknown as Contract

/** The operations that this server has. */
export const aidpOperations: readonly AidpContract[] = operations.filter(
  (operation): operation is AidpContract => !('absent' in operation),
)

/** The operations that it does not have: those of model deployments. */
export const absentOperations: readonly AbsentOperation[] = operations.filter((operation) => 'absent' in operation)

const byId = new Map(aidpOperations.map((operation) => [operation.id, operation]))

/** @throws Error when the contract has no such operation */
export function aidpOperation(id: string): AidpContract {
  const operation = byId.get(id)
  if (operation === undefined) throw new Error(`The contract has no operation '${id}'.`)
  return operation
}

/** The fields of a type; undefined for a scalar. */
export function fieldsOfType(name: string): readonly AidpField[] | undefined {
  return types[name]
}

/** What a request of an operation may hold beside its path: the fields of its query or body. */
export function requestFields({ query, request }: AidpContract): readonly AidpField[] {
  return request === null ? query : (types[request] ?? [])
}

/** The fields of an operation's answer. */
export function responseFields({ response }: AidpContract): readonly AidpField[] {
  return response === null ? [] : (types[response] ?? [])
}

/** The values of an enumeration. */
export function enumValues(name: string): readonly string[] {
  return enums[name] ?? []
}
