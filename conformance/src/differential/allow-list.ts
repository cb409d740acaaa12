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
  /** Pieces that Runstead's answer must have: a status, and texts in its body. */
  readonly instead?: { readonly status: number; readonly contains: readonly string[] }
}

/** All deliberate differences; an entry that no longer matches fails its case. */
export const allowedDifferences: readonly AllowedDifference[] = []
