import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWebhookKey } from './webhook-key.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-key-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('the key is made once, for the owner alone', async () => {
  const first = await readWebhookKey(directory)
  expect(first).toHaveLength(32)
  expect(await readWebhookKey(directory)).toEqual(first)
  expect((await stat(join(directory, 'webhook.key'))).mode & 0o777).toBe(0o600)
})

test('a damaged file is not replaced', async () => {
  await writeFile(join(directory, 'webhook.key'), 'short')
  await expect(readWebhookKey(directory)).rejects.toThrow('is damaged')
})
