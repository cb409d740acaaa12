import { expect, test } from 'vitest'
import { joinUri, splitUri } from './uri-parts.ts'
// What Python 3.11 answers: a URI, its parts, and their text again.
import facts from './uri-parts-facts.json' with { type: 'json' }

test.each(facts as unknown as [string, string[], string][])('%j as Python', (uri, parts, joined) => {
  const split = splitUri(uri)
  expect([split.scheme, split.authority, split.path, split.params, split.query, split.fragment]).toEqual(parts)
  expect(joinUri(split)).toBe(joined)
})
