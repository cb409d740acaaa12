import { type NormalAnswer, ownWords } from './normal-answer.ts'

/** One place where two answers differ. */
export interface Difference {
  /** `status`, `headers.<name>`, `body`, `body.<path>`, or `format`: equal JSON in another spelling or order. */
  readonly path: string
  readonly expected: string
  readonly actual: string
}

const absent = '(absent)'
const freelyOrderedTags = /\.(?:experiments?|registered_models?|model_versions?|latest_versions)(?:\[\d+\])?\.tags$/

/** Every difference between what is expected and what came. */
export function differences(expected: NormalAnswer, actual: NormalAnswer): Difference[] {
  const found: Difference[] = []
  compareText('status', String(expected.status), String(actual.status), found)
  for (const name of new Set([...Object.keys(expected.headers), ...Object.keys(actual.headers)])) {
    compareText(`headers.${name}`, expected.headers[name] ?? absent, actual.headers[name] ?? absent, found)
  }
  compareBodies(expected.body, actual.body, found)
  return found
}

/** Whether an allowed path covers the path of a difference: itself, or a part of it. */
export function covers(allowed: string, path: string): boolean {
  return path === allowed || path.startsWith(`${allowed}.`) || path.startsWith(`${allowed}[`)
}

function compareText(path: string, expected: string, actual: string, found: Difference[]): void {
  if (expected !== actual) found.push({ path, expected, actual })
}

function compareBodies(expected: string, actual: string, found: Difference[]): void {
  const expectedJson = parsed(expected)
  const actualJson = parsed(actual)
  if (expectedJson === undefined || actualJson === undefined) {
    compareText('body', expected, actual, found)
    return
  }
  const before = found.length
  const ordered = withTagsInOrder('body', expectedJson, actualJson)
  compareValues('body', expectedJson, ordered, found)
  if (found.length > before || expected.includes(ownWords)) return
  if (JSON.stringify(ordered) === JSON.stringify(actualJson)) compareText('format', expected, actual, found)
}

/**
 * The tags of an experiment, a registered model and a version come in no promised order: those of `actual`, put into the
 * order of `expected`.
 */
function withTagsInOrder(path: string, expected: unknown, actual: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (freelyOrderedTags.test(path)) return inOrderOf(expected as Tag[], actual as Tag[])
    return actual.map((value, index) => withTagsInOrder(`${path}[${index}]`, expected[index], value))
  }
  if (!isObject(expected) || !isObject(actual)) return actual
  const entries = Object.entries(actual)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, withTagsInOrder(`${path}.${key}`, expected[key], value)]),
  )
}

interface Tag {
  readonly key: string
}

function inOrderOf(expected: readonly Tag[], actual: readonly Tag[]): readonly Tag[] {
  const rank = (tag: Tag): number => {
    const index = expected.findIndex(({ key }) => key === tag.key)
    return index < 0 ? expected.length : index
  }
  return actual.toSorted((left, right) => rank(left) - rank(right))
}

function compareValues(path: string, expected: unknown, actual: unknown, found: Difference[]): void {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let index = 0; index < Math.max(expected.length, actual.length); index += 1) {
      compareValues(`${path}[${index}]`, expected[index], actual[index], found)
    }
  } else if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compareValues(`${path}.${key}`, expected[key], actual[key], found)
    }
  } else if (!isSame(expected, actual)) {
    found.push({ path, expected: shown(expected), actual: shown(actual) })
  }
}

function isSame(expected: unknown, actual: unknown): boolean {
  if (expected === actual) return true
  if (typeof expected !== 'string' || typeof actual !== 'string' || !expected.includes(ownWords)) return false
  const [before = '', after = ''] = expected.split(ownWords)
  return actual.startsWith(before) && actual.endsWith(after) && actual.length >= before.length + after.length
}

/** JSON with each number kept as it is spelt, as an object that equals only another of the same spelling. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? `number ${context?.source ?? value}` : value,
    )
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return value === undefined ? absent : (JSON.stringify(value) ?? absent)
}
