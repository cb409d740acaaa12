import type { Int64 } from '../lib/int64.ts'

/**
 * The vocabulary in which requests and answers are described. It is protobuf's JSON mapping as MLflow 3 uses it, not JSON
 * Schema: numbers may arrive as strings, unknown fields are ignored, scalars have presence, lists are never null.
 * OpenAPI's JSON Schema is generated from it.
 */
export type WireType<T = unknown> =
  | StringType<T>
  | ScalarType<T>
  | EnumType<T>
  | ListType<T>
  | MessageType<T>
  | AnyType<T>

interface Typed<T> {
  /** Carries the TypeScript type; never present at run time. */
  readonly type?: T
  readonly description?: string
}

export interface StringType<T> extends Typed<T> {
  readonly kind: 'string'
}

export interface ScalarType<T> extends Typed<T> {
  readonly kind: 'int32' | 'int64' | 'double' | 'bool'
}

export interface EnumType<T> extends Typed<T> {
  readonly kind: 'enum'
  readonly name: string
  /** Wire name -> protobuf number; either is accepted. */
  readonly values: Readonly<Record<string, number>>
}

export interface ListType<T> extends Typed<T> {
  readonly kind: 'list'
  readonly item: WireType
}

export interface MessageType<T> extends Typed<T> {
  readonly kind: 'message'
  readonly name: string
  /** In protobuf field-number order, which is the order of rendering and of checks. */
  readonly fields: Readonly<Record<string, Field>>
}

/** Any JSON value, passed through. */
export interface AnyType<T> extends Typed<T> {
  readonly kind: 'any'
}

export interface Field {
  readonly type: WireType
  readonly required: boolean
  /** Another spelling of a request field that satisfies the check (`run_uuid` for `run_id`). */
  readonly alias?: string
}

export interface RequiredField<T> {
  readonly required: T
  readonly alias?: string
}

type FieldSpec = WireType | RequiredField<WireType>
type FieldSpecs = Readonly<Record<string, FieldSpec>>

type TypeOf<W> = W extends { readonly type?: infer T } ? Exclude<T, undefined> : never

type InputOf<F extends FieldSpecs> = {
  readonly [K in keyof F as F[K] extends RequiredField<WireType> | ListType<unknown>
    ? K
    : never]: F[K] extends RequiredField<infer W> ? TypeOf<W> : TypeOf<F[K]>
} & {
  readonly [K in keyof F as F[K] extends RequiredField<WireType> | ListType<unknown> ? never : K]?:
    | TypeOf<F[K]>
    | undefined
}

/** The decoded form of a message: required fields and lists are present, the rest may be absent. */
export type Input<M> = TypeOf<M>

/** The form a handler answers with: as the decoded form, but empty lists may be left out. */
export type Output<M> = Loosen<TypeOf<M>>

type Loosen<T> = T extends string | number | bigint | boolean | null
  ? T
  : T extends readonly (infer E)[]
    ? readonly Loosen<E>[]
    : unknown extends T
      ? T
      : { readonly [K in keyof T as T[K] extends readonly unknown[] ? never : K]: Loosen<T[K]> } & {
          readonly [K in keyof T as T[K] extends readonly unknown[] ? K : never]?: Loosen<T[K]> | undefined
        }

export function string(description?: string): StringType<string> {
  return described({ kind: 'string' }, description)
}

/** 64-bit integer, exact; a JSON number on the wire. */
export function int64(description?: string): ScalarType<Int64> {
  return described({ kind: 'int64' }, description)
}

export function int32(description?: string): ScalarType<number> {
  return described({ kind: 'int32' }, description)
}

/** IEEE double; NaN and infinities travel as the strings "NaN", "Infinity", "-Infinity". */
export function double(description?: string): ScalarType<number> {
  return described({ kind: 'double' }, description)
}

export function bool(description?: string): ScalarType<boolean> {
  return described({ kind: 'bool' }, description)
}

/** A protobuf enum; decoded to its wire name. */
export function enumeration<const V extends Readonly<Record<string, number>>>(
  name: string,
  values: V,
): EnumType<keyof V & string> {
  return { kind: 'enum', name, values }
}

export function list<W extends WireType>(item: W, description?: string): ListType<readonly TypeOf<W>[]> {
  return described({ kind: 'list', item }, description)
}

export function any(description?: string): AnyType<unknown> {
  return described({ kind: 'any' }, description)
}

/** A field that must be present and not empty. */
export function required<const W extends WireType>(type: W, alias?: string): RequiredField<W> {
  return alias === undefined ? { required: type } : { required: type, alias }
}

/** A message; `fields` stand in protobuf field-number order. */
export function message<const F extends FieldSpecs>(name: string, fields: F): MessageType<InputOf<F>> {
  const entries = Object.entries(fields).map(([key, spec]): [string, Field] => {
    if (!('required' in spec)) return [key, { type: spec, required: false }]
    const field = { type: spec.required, required: true }
    return [key, spec.alias === undefined ? field : { ...field, alias: spec.alias }]
  })
  return { kind: 'message', name, fields: Object.fromEntries(entries) }
}

/** The answer without fields: `{}`. */
export const empty: MessageType<Record<never, never>> = { kind: 'message', name: 'Empty', fields: {} }

function described<T extends object>(type: T, description: string | undefined): T {
  return description === undefined ? type : { ...type, description }
}
