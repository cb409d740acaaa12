import { randomBytes } from 'node:crypto'
import { tenantOf } from '../lib/tenant.ts'
import type { Database } from './database.ts'

const serverWide = tenantOf(0)

/**
 * A secret of 32 random bytes that all servers on one database share; the first one makes it.
 *
 * @param name such as `page-tokens`
 * @param now epoch ms
 */
export async function serverSecret(db: Database, name: string, now: number): Promise<Uint8Array> {
  const find = () =>
    db.lookup
      .selectFrom('server_secrets')
      .select('secret')
      .where('tenant', '=', serverWide)
      .where('name', '=', name)
      .executeTakeFirst()
  const known = await find()
  if (known !== undefined) return known.secret
  await db.write(serverWide, (tx) =>
    tx
      .insertInto('server_secrets')
      .values({ tenant: serverWide, name, secret: randomBytes(32), created: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  const made = await find()
  if (made === undefined) throw new Error(`The secret '${name}' could not be stored.`)
  return made.secret
}
