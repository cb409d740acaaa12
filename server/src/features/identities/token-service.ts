import { randomBytes } from 'node:crypto'
import type { Tx } from '../../db/database.ts'
import type { ApiTokenTable, UserTable } from '../../db/tables/identity-tables.ts'
import { conflict, invalidParameter, notFound } from '../../errors/errors.ts'
import type { AccessLevel } from '../../lib/caller.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import type { Platform } from '../../lib/tenant.ts'
import { tokenDigest, tokenPrefix } from '../../lib/token-digest.ts'
import { checkExpiry, checkTokenName } from './identity-rules.ts'
import { insertToken, listTokens, markRevoked, removeToken, workspacesByKey } from './token-store.ts'

/** Tokens that a user can have at a time, those that have ended not counted. */
const mostTokens = 100
const mostWorkspaces = 100
/** Ended tokens that are still listed. */
const mostEnded = 50

export interface NewToken {
  readonly name: string
  readonly access: AccessLevel
  /** Epoch milliseconds; absent: it never ends. */
  readonly expires?: number | undefined
  /** Keys of the only workspaces that it is good for; none: all. */
  readonly workspaces?: readonly string[]
}

/** A token with the one thing that is not kept. */
export interface MadeToken {
  readonly row: ApiTokenTable
  /** What the bearer sends: `rst_` and 256 random bits. Shown once. */
  readonly secret: string
}

/** @throws AppError `invalid-parameter`; `conflict` when the user has too many */
export async function createToken(
  tx: Tx,
  platform: Platform,
  now: number,
  user: UserTable,
  token: NewToken,
): Promise<MadeToken> {
  const name = checkTokenName('name', token.name)
  const expires = token.expires === undefined ? null : checkExpiry(token.expires, now)
  const workspaces = await workspaceNumbers(tx, platform, token.workspaces ?? [])
  await makeRoom(tx, user, now)
  const secret = tokenPrefix + randomBytes(32).toString('base64url')
  const row: ApiTokenTable = {
    tenant: platform,
    id: newRunId(now),
    user_id: user.id,
    name,
    digest: tokenDigest(secret)!,
    access: token.access,
    workspaces: workspaces === undefined ? null : JSON.stringify(workspaces),
    created: now,
    expires,
    revoked: null,
    last_used: null,
  }
  await insertToken(tx, row)
  return { row, secret }
}

/** @throws AppError `not-found` */
export async function revokeToken(tx: Tx, now: number, user: UserTable, tokenId: string): Promise<ApiTokenTable> {
  const row = await markRevoked(tx, user, tokenId, now)
  if (row === undefined) throw notFound(`User '${user.name}' has no token '${tokenId}'.`)
  return row
}

/** Whether a token is refused because of its own state. */
export function hasEnded({ revoked, expires }: ApiTokenTable, now: number): boolean {
  return revoked !== null || (expires !== null && expires <= now)
}

async function makeRoom(tx: Tx, user: UserTable, now: number): Promise<void> {
  const tokens = await listTokens(tx, user)
  const ended = tokens.filter((token) => hasEnded(token, now))
  if (tokens.length - ended.length >= mostTokens) {
    throw conflict(`User '${user.name}' has ${mostTokens} tokens already. Revoke some first.`)
  }
  for (const token of ended.slice(0, Math.max(0, ended.length - mostEnded))) await removeToken(tx, token)
}

async function workspaceNumbers(tx: Tx, platform: Platform, keys: readonly string[]): Promise<number[] | undefined> {
  if (keys.length === 0) return undefined
  const field = { field: 'workspaces' }
  if (keys.length > mostWorkspaces)
    throw invalidParameter(`'workspaces' takes at most ${mostWorkspaces} entries.`, field)
  const known = await workspacesByKey(tx, platform, keys)
  return keys.map((key) => {
    const workspace = known.get(key)
    if (workspace === undefined) throw invalidParameter(`'workspaces' names '${key}', which does not exist.`, field)
    return workspace
  })
}
