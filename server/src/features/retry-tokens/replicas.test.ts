import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { type App, openApp } from '../../app.ts'
import { readServerConfig } from '../../config/server-config.ts'
import { tenantOf } from '../../lib/tenant.ts'
import { databases, makeTestDatabase } from '../../testing/databases.ts'

const mount = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/workspaces/default/mlops/api/2.0/mlflow'

describe.runIf(databases.includes('postgres'))('two servers on one PostgreSQL', () => {
  async function withServers(work: (servers: readonly App[]) => Promise<void>): Promise<void> {
    await using place = await makeTestDatabase('postgres')
    const directory = await mkdtemp(join(tmpdir(), 'runstead-replicas-'))
    const start = (name: string) =>
      openApp({
        config: readServerConfig(['--data-dir', join(directory, name), '--database', place.url], {}),
        log: pino({ level: 'silent' }),
      })
    try {
      await using one = await start('one')
      await using two = await start('two')
      await Promise.all([one.http.ready(), two.http.ready()])
      await work([one, two])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  const post = async (app: App, operation: string, body: object, token: string) => {
    const answer = await app.http.inject({
      method: 'POST',
      url: `${mount}/${operation}`,
      payload: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'opc-retry-token': token },
    })
    return `${answer.statusCode} ${answer.headers['etag']} ${answer.body}`
  }

  test('repeats at both at once have one effect, for writes of either path', async () => {
    await withServers(async (servers) => {
      const [one] = servers
      for (let round = 0; round < 5; round++) {
        const token = randomUUID()
        const everywhere = (operation: string, body: object) =>
          Promise.all(Array.from({ length: 50 }, (_, i) => post(servers[i % 2] as App, operation, body, token)))
        for (const answers of [
          await everywhere('runs/create', { run_name: token }),
          await everywhere('experiments/create', { name: token }),
        ]) {
          expect(new Set(answers).size, [...new Set(answers)].join('\n')).toBe(1)
          expect(answers[0]).toMatch(/^200 "1" /)
        }
        const runs = await one!.db.read
          .selectFrom('runs')
          .select('run_id')
          .where('tenant', '=', tenantOf(1))
          .where('name', '=', token)
          .execute()
        expect(runs).toHaveLength(1)
        const tag = { run_id: runs[0]!.run_id, key: 't', value: 'v' }
        const tagged = await everywhere('runs/set-tag', tag)
        expect([...new Set(tagged)]).toEqual([expect.stringMatching(/^200 "2" /)])
      }
    })
  })

  test('what one was asked the other answers; page tokens of one open at the other', async () => {
    await withServers(async ([one, two]) => {
      const first = await post(one!, 'experiments/create', { name: 'a' }, 't')
      expect(await post(two!, 'experiments/create', { name: 'a' }, 't')).toBe(first)
      expect(await post(two!, 'experiments/create', { name: 'b' }, 't')).toMatch(/^409 .*"Conflict"/)
      const search = async (app: App, page_token: string) =>
        (
          await app.http.inject({
            method: 'POST',
            url: `${mount}/experiments/search`,
            payload: { max_results: 1, page_token },
          })
        ).json()
      const page = await search(one!, '')
      expect((await search(two!, page.next_page_token)).experiments).toHaveLength(1)
    })
  })
})
