/** Request signatures as no client makes them: altered, incomplete, repeated, late. */
import { describe, expect, test } from 'vitest'
import { createOciUser, type OciUser, workspaceApi } from './oci/oci-client.ts'
import { type Alteration, signedByHand, usualNames } from './oci/signed-by-hand.ts'
import { startRunstead } from './targets/runstead-server.ts'
import { scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const obo = { 'opc-obo-token': 'somebody' }

/** Refusals that one server is asked for: more than ten in a row are guessing, which is answered otherwise. */
const fewer = 8

/** A server of its own with its administrator. */
async function withServer(work: (server: ServerProcess, root: OciUser) => Promise<void>): Promise<void> {
  await using directory = await scratchDirectory('oci-signatures')
  const root = createOciUser(directory.path, 'root', '--administrator')
  await using server = await startRunstead(directory.path)
  await work(server, root)
}

describe('a signed request', () => {
  test('is accepted with a clock 4 minutes off, a signed obo token, another order', async () => {
    const cases: Record<string, Alteration> = {
      'a clock 4 minutes behind': { minutesOff: -4 },
      'the right clock': {},
      'a clock 4 minutes ahead': { minutesOff: 4 },
      'a signed obo token': { moreHeaders: obo, names: [...usualNames, 'opc-obo-token'] },
      'another order of what is signed': { names: usualNames.toReversed() },
    }
    await withServer(async (server, root) => {
      for (const [what, change] of Object.entries(cases)) {
        const answer = await signedByHand(server.url, root, change)
        expect(answer.status, `${what}: ${answer.text}`).toBe(200)
      }
    })
  })

  test('is refused alike, whatever is wrong with it', async () => {
    const cases: Record<string, Alteration> = {
      'a clock 6 minutes behind': { minutesOff: -6 },
      'a clock 6 minutes ahead': { minutesOff: 6 },
      'another body': { sentBody: '{"max_results":2}' },
      'another target': { target: `/20260430${workspaceApi}/runs/search` },
      'no signed body': { names: ['x-date', '(request-target)', 'host'] },
      'no signed length': { names: usualNames.filter((name) => name !== 'content-length') },
      'no signed host': { names: usualNames.filter((name) => name !== 'host') },
      'no signed target': { names: usualNames.filter((name) => name !== '(request-target)') },
      'no signed time': { names: usualNames.filter((name) => name !== 'x-date') },
      'an obo token that is not signed': { moreHeaders: obo },
      'a signed header that is not there': { names: [...usualNames, 'x-absent'] },
      'a header listed twice': { names: [...usualNames, 'host'] },
      'Authorization sent twice': { repeated: 'authorization' },
      'x-date sent twice': { repeated: 'x-date' },
      'the hash sent twice': { repeated: 'x-content-sha256' },
      'the obo token sent twice': {
        moreHeaders: obo,
        names: [...usualNames, 'opc-obo-token'],
        repeated: 'opc-obo-token',
      },
    }
    const bodies = new Set<string>()
    const all = Object.entries(cases)
    for (let from = 0; from < all.length; from += fewer) {
      await withServer(async (server, root) => {
        for (const [what, change] of all.slice(from, from + fewer)) {
          const answer = await signedByHand(server.url, root, change)
          expect(answer.status, `${what}: ${answer.text}`).toBe(401)
          expect(answer.date, what).toBeTruthy()
          bodies.add(answer.text)
        }
      })
    }
    expect([...bodies]).toEqual([expect.stringContaining('"NotAuthenticated"')])
  })
})
