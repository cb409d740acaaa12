import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { securityCases } from '../testing/security-cases.ts'
import { securityPage } from '../testing/security-page.ts'

const root = join(import.meta.dirname, '../../..')
const mention = /\b(?:PATH|URI|SSRF|ARC|ACT|WEB|AUTHN|AUTHZ|LIM|DISC)-\d\d\b/g

/** The test files of each case, by the ids in titles; comments do not count. */
function testedCases(): Map<string, string[]> {
  const tested = new Map<string, string[]>()
  for (const folder of ['server/src', 'conformance/src']) {
    const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    for (const path of paths.filter((one) => one.endsWith('.test.ts')).sort()) {
      const code = readFileSync(join(root, folder, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      for (const id of new Set(code.match(mention))) tested.set(id, [...(tested.get(id) ?? []), `${folder}/${path}`])
    }
  }
  return tested
}

test('every security case has a test or a reason, and the guide says which', async () => {
  const tested = testedCases()
  const known = new Set(securityCases.map(({ id }) => id))
  expect(known.size).toBe(securityCases.length)
  expect(
    [...tested.keys()].filter((id) => !known.has(id)),
    'ids that no case has',
  ).toEqual([])
  const open = securityCases.filter(({ id, notApplicable }) => !tested.has(id) && notApplicable === undefined)
  expect(
    open.map(({ id }) => id),
    'cases without test and reason',
  ).toEqual([])
  const both = securityCases.filter(({ id, notApplicable }) => tested.has(id) && notApplicable !== undefined)
  expect(
    both.map(({ id }) => id),
    'cases with a test that are called not applicable',
  ).toEqual([])
  await expect(securityPage(securityCases, tested)).toMatchFileSnapshot(join(root, 'docs/guide/security.md'))
})
