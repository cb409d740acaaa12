import type { Int64 } from './int64.ts'

/** The revisions that `if-match` allows; `*` is any. */
export type IfMatch = '*' | readonly string[]

/**
 * Reads `if-match`. Quotes and the mark of weak etags are taken off, since clients hand back what they got in either form.
 *
 * @returns undefined when there is nothing in it
 */
export function readIfMatch(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined
  const etags = Array.from(
    header.matchAll(/(?:W\/)?(?:"([^"]*)"|([^\s,"]+))/g),
    ([, quoted, bare]) => quoted ?? bare ?? '',
  )
  if (etags.length === 0) return undefined
  return etags.includes('*') ? '*' : etags
}

/** Whether an entity of this revision may be changed. */
export function allowsRevision(ifMatch: IfMatch, revision: Int64): boolean {
  return ifMatch === '*' || ifMatch.includes(String(revision))
}
