import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const keyBytes = 32

/**
 * The key that encrypts the secrets of webhooks, out of its file in the data directory, which is made when it is not there. Only
 * the owner may read it. The data directory must be locked: a second process could read half a key.
 */
export async function readWebhookKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, 'webhook.key')
  try {
    await writeFile(path, randomBytes(keyBytes).toString('base64'), { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  }
  const key = Buffer.from(await readFile(path, 'utf8'), 'base64')
  if (key.length !== keyBytes) throw new Error(`${path} is damaged: it must be ${keyBytes} bytes in base64.`)
  return key
}
