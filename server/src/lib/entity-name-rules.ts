import { asciiJsonString } from './ascii-json.ts'
import { pythonStringRepr } from './python-repr.ts'

/** Longest metric, param and tag key, in characters. */
export const maxKeyLength = 250

const plainName = /^[\w/.\- :]*$/
const anyAllowedName = /^[\p{L}\p{N}_/.\- :]*\n?$/u

const allowedCharacters =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).'

/**
 * The rule for keys of metrics, params and tags, and for names of registered models (MLflow 3.17.0): letters and digits of
 * any script, `_ - . : /` and blanks; and, read as a path, the name must be its own normal form.
 *
 * @param field the request field that the text names, such as `key` or `metrics[0].name`
 * @returns what is wrong, in MLflow's words; undefined for a good name
 */
export function nameProblem(field: string, name: string): string | undefined {
  if (!plainName.test(name) && !anyAllowedName.test(name)) return invalidValue(field, name, allowedCharacters)
  if (isItsOwnPath(name)) return undefined
  return invalidValue(
    field,
    name,
    'Names may be treated as files in certain cases, and must not resolve to other names when treated as such. ' +
      `This name would resolve to ${pythonStringRepr(normalPosixPath(name))}`,
  )
}

/** Whether a name is one that `nameProblem` takes. */
export function isAllowedName(name: string): boolean {
  return (plainName.test(name) || anyAllowedName.test(name)) && isItsOwnPath(name)
}

/** Whether a name stays what it is when it is normalised as a POSIX path, and leads nowhere else. */
function isItsOwnPath(name: string): boolean {
  if (name !== '' && !name.includes('/') && !name.startsWith('.')) return true
  const normal = normalPosixPath(name)
  return normal === name && normal !== '.' && !normal.startsWith('..') && !normal.startsWith('/')
}

/**
 * @param what how the text calls the value, such as `Metric name`
 * @param limit in characters (code points)
 * @returns what is wrong, in MLflow's words; undefined for a value within the limit
 */
export function lengthProblem(what: string, value: string, limit: number): string | undefined {
  return isLongerThan(value, limit) ? `'${what}' exceeds the maximum length of ${limit} characters` : undefined
}

/** The first `limit` characters (code points) of a value. */
export function cutToLength(value: string, limit: number): string {
  if (!isLongerThan(value, limit)) return value
  let end = 0
  for (let count = 0; count < limit; count++) end += (value.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  return value.slice(0, end)
}

/** MLflow's text for a value that breaks a rule: the value as compact ASCII JSON, the field, the rule. */
export function invalidValue(field: string, value: string, rule?: string): string {
  const start = `Invalid value ${asciiJsonString(value)} for parameter '${field}' supplied`
  return rule === undefined ? `${start}.` : `${start}: ${rule}`
}

function isLongerThan(value: string, limit: number): boolean {
  if (value.length <= limit) return false
  if (value.length > 2 * limit) return true
  let count = 0
  for (const _ of value) if (++count > limit) return true
  return false
}

/** Python's `posixpath.normpath`: exactly two leading slashes stay two, the empty path is `.`. */
function normalPosixPath(path: string): string {
  const slashes = path.startsWith('/') ? (path.startsWith('//') && !path.startsWith('///') ? '//' : '/') : ''
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    const climbs = part === '..' && (parts.length === 0 ? slashes === '' : parts.at(-1) === '..')
    if (part !== '..' || climbs) parts.push(part)
    else parts.pop()
  }
  return slashes + parts.join('/') || '.'
}
