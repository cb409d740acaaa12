import { type AidpField, enumValues, fieldsOfType } from '../../contract/aidp/aidp-contract.ts'

/** A value that a field may not have. */
export interface BadValue {
  /** As the error must name it. */
  readonly path: string
  /** Of the field of the request. */
  readonly value: unknown
  readonly code: 'MissingParameter' | 'InvalidParameter'
}

/**
 * Values just outside what the contract allows a field of a request, and of other types than its own.
 *
 * @param inQuery whether the field travels in a query, where everything is text and nothing is null
 * @param good a value that the field may have, if one is at hand
 */
export function* badValues(field: AidpField, inQuery: boolean, good?: unknown): Generator<BadValue> {
  yield* badInside(field, field.name, (value) => value, inQuery, good)
}

/** The same for a field at any depth. `put` makes the value of the request's own field. */
function* badInside(
  field: AidpField,
  path: string,
  put: (value: unknown) => unknown,
  inQuery: boolean,
  good: unknown,
): Generator<BadValue> {
  yield* badHere(field, path, put, inQuery)
  const members = fieldsOfType(field.type.replace('[]', ''))
  if (members === undefined) return
  const isList = field.type.endsWith('[]')
  const sample = (Array.isArray(good) ? good[0] : good) as Readonly<Record<string, unknown>> | null | undefined
  const base: Record<string, unknown> = { ...plausibleObject(members), ...sample }
  for (const member of members) {
    const putMember = (value: unknown) => {
      const item = { ...base, [member.name]: value }
      return put(isList ? [item] : item)
    }
    yield* badInside(member, `${path}${isList ? '[0]' : ''}.${member.name}`, putMember, inQuery, base[member.name])
  }
}

function* badHere(
  field: AidpField,
  path: string,
  put: (value: unknown) => unknown,
  inQuery: boolean,
): Generator<BadValue> {
  if (field.required) {
    for (const value of inQuery ? [undefined] : [undefined, null]) {
      yield { path, value: put(value), code: 'MissingParameter' }
    }
  }
  for (const value of [...beyondLimits(field), ...ofOtherTypes(field, inQuery)]) {
    const isMissing = field.required === true && value === ''
    yield { path, value: put(value), code: isMissing ? 'MissingParameter' : 'InvalidParameter' }
  }
}

function beyondLimits(field: AidpField): unknown[] {
  const { minLength = 0, maxLength, minItems = 0, maxItems, min, max } = field
  const item = () => plausible({ ...field, type: field.type.replace('[]', '') })
  return [
    ...(minLength > 0 ? ['x'.repeat(minLength - 1)] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(minItems > 0 ? [Array.from({ length: minItems - 1 }, item)] : []),
    ...(maxItems === undefined ? [] : [Array.from({ length: maxItems + 1 }, item)]),
    ...(min === undefined ? [] : [min - 1]),
    ...(max === undefined ? [] : [max + 1]),
    ...(field.enum === undefined || field.type.endsWith('[]') ? [] : ['NO_SUCH_NAME']),
  ]
}

function ofOtherTypes({ type }: AidpField, inQuery: boolean): unknown[] {
  if (['int32', 'int64', 'integer'].includes(type)) return inQuery ? ['abc', '1.5'] : ['abc', 1.5, {}, true]
  // As for MLflow, true is 1.
  if (type === 'double') return ['abc', {}]
  if (type === 'boolean') return inQuery ? ['maybe'] : ['maybe', {}]
  if (inQuery) return []
  if (type === 'string') return [{ a: 1 }, ['a', 'b']]
  if (type.endsWith('[]')) return [{ a: 1 }, 7]
  return fieldsOfType(type) === undefined ? [] : ['text', 7]
}

function plausibleObject(fields: readonly AidpField[]): Record<string, unknown> {
  return Object.fromEntries(fields.filter(({ required }) => required).map((field) => [field.name, plausible(field)]))
}

function plausible(field: AidpField): unknown {
  if (field.type.endsWith('[]')) {
    return (field.minItems ?? 0) > 0 ? [plausible({ ...field, type: field.type.slice(0, -2) })] : []
  }
  const members = fieldsOfType(field.type)
  if (members !== undefined) return plausibleObject(members)
  if (field.type === 'boolean') return false
  if (['int32', 'int64', 'integer', 'double'].includes(field.type)) return field.min ?? 1
  return field.enum === undefined ? '7' : enumValues(field.enum)[0]
}
