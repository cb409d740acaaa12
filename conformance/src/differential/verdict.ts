import type { AllowedDifference } from './allow-list.ts'
import { covers, type Difference, differences } from './differences.ts'
import type { NormalAnswer } from './normal-answer.ts'

/** What a case has to say: one line for each unexplained difference and each part of the allow-list that is wrong. */
export function verdict(
  expected: NormalAnswer,
  actual: NormalAnswer,
  allowed: AllowedDifference | undefined,
): string[] {
  const found = differences(expected, actual)
  const unexplained = found.filter(({ path }) => !allowed?.paths.some((covering) => covers(covering, path)))
  return [...unexplained.map(line), ...(allowed ? mistakesOf(allowed, found, actual) : [])]
}

/** One line for each place where the recording no longer says what the real server answers. */
export function staleness(recorded: NormalAnswer | undefined, live: NormalAnswer): string[] {
  if (recorded === undefined) return ['not recorded: run `npm run record -w @runstead/conformance`']
  return differences(recorded, live).map((difference) => `the recording is stale: ${line(difference)}`)
}

function mistakesOf(allowed: AllowedDifference, found: readonly Difference[], actual: NormalAnswer): string[] {
  const mistakes = allowed.paths
    .filter((path) => !found.some((difference) => covers(path, difference.path)))
    .map((path) => `the allow-list explains a difference in ${path}, but there is none`)
  if (allowed.status !== actual.status) {
    mistakes.push(`the allow-list promises the status ${allowed.status}, got ${actual.status}`)
  }
  for (const text of allowed.contains) {
    if (!actual.body.includes(text)) mistakes.push(`the allow-list promises ${text} in the body, got ${actual.body}`)
  }
  return mistakes
}

function line({ path, expected, actual }: Difference): string {
  return `${path}: MLflow ${expected}, Runstead ${actual}`
}
