import { createHash, randomBytes } from 'node:crypto'
import type { Reader, Tx } from '../../db/database.ts'
import type { Platform } from '../../lib/tenant.ts'

/** Sessions that have ended and are removed with each new one. */
const removedAtOnce = 100

/**
 * Begins a session and removes some that have ended.
 *
 * @param seconds how long it lasts
 * @returns its secret, which the browser keeps
 */
export async function beginSession(
  tx: Tx,
  platform: Platform,
  userId: string,
  now: number,
  seconds: number,
): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  const ended = tx
    .selectFrom('login_sessions')
    .select('digest')
    .where('tenant', '=', platform)
    .where('expires', '<=', now)
    .orderBy('expires')
    .limit(removedAtOnce)
  await tx.deleteFrom('login_sessions').where('tenant', '=', platform).where('digest', 'in', ended).execute()
  await tx
    .insertInto('login_sessions')
    .values({
      tenant: platform,
      digest: digestOf(secret),
      user_id: userId,
      created: now,
      expires: now + seconds * 1000,
    })
    .execute()
  return secret
}

/** Id of the user whose session it is; undefined when there is none or it has ended. */
export async function userOfSession(
  db: Reader,
  platform: Platform,
  secret: string,
  now: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('login_sessions')
    .select('user_id')
    .where('tenant', '=', platform)
    .where('digest', '=', digestOf(secret))
    .where('expires', '>', now)
    .executeTakeFirst()
  return row?.user_id
}

/** Ends a session; nothing happens when there is none. */
export async function endSession(tx: Tx, platform: Platform, secret: string): Promise<void> {
  await tx.deleteFrom('login_sessions').where('tenant', '=', platform).where('digest', '=', digestOf(secret)).execute()
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
