import { expect, test } from 'vitest'
import { startGuardedServer, workspaceMounts } from '../testing/security-oracle.ts'

test('SSRF-11 line ends in the texts of a webhook are refused', async () => {
  await using guarded = await startGuardedServer('sqlite')
  const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }]
  const good = { name: 'hook', url: 'https://8.8.8.8/', secret: 'secret', events }
  const before = await guarded.state()
  for (const mount of workspaceMounts(guarded.server)) {
    for (const end of ['\r\n', '\n', '\r', '\0']) {
      for (const member of ['name', 'url', 'secret'] as const) {
        const text = member === 'url' ? `https://8.8.8.8/x${end}x-evil: 1` : `a${end}x-evil: 1`
        const answer = await guarded.send(
          'POST',
          `${mount}/api/2.0/mlflow/webhooks`,
          JSON.stringify({ ...good, [member]: text }),
          { 'content-type': 'application/json' },
        )
        expect(answer.status, `${member} ${JSON.stringify(end)}: ${answer.text}`).toBe(400)
      }
    }
  }
  expect(await guarded.state()).toBe(before)
})
