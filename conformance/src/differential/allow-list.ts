import { deliberateDifferences } from './deliberate-differences.ts'

/** A difference from the real server that Runstead makes on purpose. */
export interface AllowedDifference {
  /** Id of the case. */
  readonly id: string
  /**
   * Where the answers differ: `status`, `headers.<name>`, `body.<path>` (which covers what lies below it), `body`, or
   * `format`. Each of them must differ, and nothing else may.
   */
  readonly paths: readonly string[]
  readonly reason: string
  /** Status that Runstead answers instead. */
  readonly status: number
  /** Texts that the body of its answer holds. */
  readonly contains: readonly string[]
}

/** Differences of one kind, which share their reason. */
export interface DifferenceKind {
  readonly reason: string
  readonly paths: readonly string[]
  readonly status: number
  /** Case id -> a text that Runstead's answer holds, such as the field that it names; an empty one where it says nothing. */
  readonly cases: Readonly<Record<string, string>>
}

/** All deliberate differences, case by case; an entry that no longer matches fails its case. */
export const allowedDifferences: readonly AllowedDifference[] = deliberateDifferences.flatMap(({ cases, ...kind }) =>
  Object.entries(cases).map(([id, text]) => ({ id, ...kind, contains: [text] })),
)
