import { describe, expect, test } from 'vitest'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { serverSecret } from './server-secret.ts'

describe.each(databases)('a server secret on %s', (engine) => {
  test('is made once for each name, whoever asks', async () => {
    await using db = await openTestDatabase(engine)
    const [one, same] = await Promise.all([serverSecret(db, 'pages', 1), serverSecret(db, 'pages', 1)])
    expect(one).toHaveLength(32)
    expect(Buffer.from(same)).toEqual(Buffer.from(one))
    expect(Buffer.from(await serverSecret(db, 'pages', 1))).toEqual(Buffer.from(one))
    expect(Buffer.from(await serverSecret(db, 'sessions', 1))).not.toEqual(Buffer.from(one))
  })
})
