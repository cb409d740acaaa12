import { type AidpField, enumValues, fieldsOfType } from '../../contract/aidp/aidp-contract.ts'
import { invalidParameter, missingParameter } from '../../errors/errors.ts'
import { camelCase } from './decode-message.ts'

type Json = Record<string, unknown>

/**
 * Checks a request against what the AIDP contract says of an operation's fields: which must be there, how long they may be,
 * between which numbers they lie. Wrong types are left to the reading that follows.
 *
 * @returns the request with the contract's defaults filled in
 * @throws AppError `missing-parameter`, `invalid-parameter`, naming the field
 */
export function checkAidpRequest(fields: readonly AidpField[], json: Json): Json {
  const checked = { ...json }
  for (const field of fields) {
    const spelling = spellingIn(json, field)
    const value = spelling === undefined ? undefined : json[spelling]
    if (isMissing(field, value)) throw missingParameter(field.name)
    if (value === undefined || value === null) {
      if (field.default !== undefined) checked[field.name] = field.default
      continue
    }
    if (field.acceptsInteger && isInteger(value)) checked[spelling ?? field.name] = String(value)
    checkValue(field, value, spelling ?? field.name)
  }
  return checked
}

function checkValue(field: AidpField, value: unknown, path: string): void {
  if (Array.isArray(value)) {
    if (!field.type.endsWith('[]')) {
      // MLflow takes some texts as lists, such as `order_by` of two searches (D49).
      for (const item of value) checkValue(field, item, path)
      return
    }
    checkCount(field, value.length, path)
    const members = fieldsOfType(field.type.replace('[]', ''))
    if (members !== undefined) {
      // A batch holds a thousand of these: the paths are made only when one is needed.
      value.forEach((item, index) => {
        if (!isPlain(members, item)) checkMembers(members, item, `${path}[${index}]`)
      })
    }
    if (members === undefined && field.enum !== undefined)
      value.forEach((item, index) => void checkEnum(field, item, `${path}[${index}]`))
    return
  }
  if (typeof value === 'string') {
    checkLength(field, value, path)
    checkEnum(field, value, path)
  }
  checkRange(field, value, path)
  const members = fieldsOfType(field.type)
  if (members !== undefined) checkMembers(members, value, path)
}

/** Whether an object clearly keeps the rules: nothing but short enough texts and numbers without a range, in snake case. */
function isPlain(members: readonly AidpField[], value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const json = value as Json
  return members.every(({ name, minLength = 0, maxLength = Infinity, min, max, enum: values }) => {
    const member = json[name]
    if (typeof member === 'string') {
      return member.length >= minLength && member.length <= maxLength && values === undefined
    }
    return typeof member === 'number' && min === undefined && max === undefined
  })
}

function checkMembers(members: readonly AidpField[], value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const json = value as Json
  for (const member of members) {
    const spelling = spellingIn(json, member)
    const inner = spelling === undefined ? undefined : json[spelling]
    if (isMissing(member, inner)) throw missingParameter(`${path}.${member.name}`)
    if (inner !== undefined && inner !== null) checkValue(member, inner, `${path}.${member.name}`)
  }
}

/** An empty text is missing, unless the contract allows empty ones. */
function isMissing({ required, minLength = 1 }: AidpField, value: unknown): boolean {
  return required === true && (value === undefined || value === null || (value === '' && minLength > 0))
}

function spellingIn(json: Json, { name, aliases = [] }: AidpField): string | undefined {
  if (json[name] !== undefined && json[name] !== null) return name
  return [camelCase(name), ...aliases].find((spelling) => json[spelling] !== undefined && json[spelling] !== null)
}

function checkLength({ minLength = 0, maxLength = Infinity }: AidpField, value: string, path: string): void {
  if (value.length < minLength) throw refused(path, `it must have at least ${minLength} characters`)
  // A text has no more characters than UTF-16 units: counting is rarely needed.
  if (value.length <= maxLength || [...value].length <= maxLength) return
  throw refused(path, `it may have at most ${maxLength} characters`)
}

function checkCount({ minItems = 0, maxItems = Infinity }: AidpField, count: number, path: string): void {
  if (count < minItems) throw refused(path, `it must have at least ${minItems} items`)
  if (count > maxItems) throw refused(path, `it may have at most ${maxItems} items`)
}

function checkRange({ min, max }: AidpField, value: unknown, path: string): void {
  if (min === undefined && max === undefined) return
  if (!isInteger(value) && !(typeof value === 'string' && /^[+-]?\d+$/.test(value))) return
  const number = BigInt(value as string)
  if (min !== undefined && number < BigInt(min)) throw refused(path, `it must be at least ${min}`)
  if (max !== undefined && number > BigInt(max)) throw refused(path, `it may be at most ${max}`)
}

/** Stages are compared without regard to case. */
function checkEnum({ enum: name }: AidpField, value: unknown, path: string): void {
  if (name === undefined || typeof value !== 'string') return
  const values = enumValues(name)
  const known = values.some((one) => one === value || (name === 'ModelVersionStage' && sameWord(one, value)))
  if (!known) throw refused(path, `it must be one of ${values.join(', ')}`)
}

function sameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

function refused(path: string, rule: string): Error {
  return invalidParameter(`Invalid value for parameter '${path}': ${rule}.`, { field: path })
}
