import { createPublicKey } from 'node:crypto'
import type { KnownKey, KnownToken } from '../../context/identity-directory.ts'
import type { Reader } from '../../db/database.ts'
import type { UserTable } from '../../db/tables/identity-tables.ts'
import type { AccessLevel, Caller } from '../../lib/caller.ts'
import { type Platform, type Tenant, tenantOf } from '../../lib/tenant.ts'

/** A token by its digest, unless it is revoked or its owner is disabled. */
export async function findKnownToken(db: Reader, platform: Platform, digest: string): Promise<KnownToken | undefined> {
  const row = await db
    .selectFrom('api_tokens')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'api_tokens.tenant').onRef('users.id', '=', 'api_tokens.user_id'),
    )
    .select(['api_tokens.id as token_id', 'api_tokens.access', 'api_tokens.workspaces', 'api_tokens.expires'])
    .select(['users.id', 'users.name', 'users.kind', 'users.administrator'])
    .where('api_tokens.tenant', '=', platform)
    .where('api_tokens.digest', '=', digest)
    .where('api_tokens.revoked', 'is', null)
    .where('users.tenant', '=', platform)
    .where('users.disabled', '=', 0)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const workspaces = workspacesOf(row.workspaces)
  const caller: Caller = {
    ...callerOf(row, await groupsOf(db, platform, row.id)),
    limits: {
      tokenId: row.token_id,
      access: row.access as AccessLevel,
      ...(workspaces === undefined ? {} : { workspaces }),
    },
  }
  return { id: row.token_id, caller, ...(row.expires === null ? {} : { expires: Number(row.expires) }) }
}

/**
 * A key by the id that clients send, unless it or its owner is disabled.
 *
 * @param keyId `<tenancy>/<user id>/<fingerprint>`
 */
export async function findKnownKey(db: Reader, platform: Platform, keyId: string): Promise<KnownKey | undefined> {
  const [tenancy = '', userId = '', fingerprint = '', ...rest] = keyId.split('/')
  if (rest.length > 0) return undefined
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'api_keys.tenant').onRef('users.id', '=', 'api_keys.user_id'),
    )
    .select(['api_keys.public_key', 'users.id', 'users.name', 'users.kind', 'users.administrator'])
    .where('api_keys.tenant', '=', platform)
    .where('api_keys.user_id', '=', userId)
    .where('api_keys.fingerprint', '=', fingerprint)
    .where('api_keys.tenancy', '=', tenancy)
    .where('api_keys.disabled', '=', 0)
    .where('users.tenant', '=', platform)
    .where('users.disabled', '=', 0)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { caller: callerOf(row, await groupsOf(db, platform, row.id)), publicKey: createPublicKey(row.public_key) }
}

/** A user as a caller without limits; undefined when unknown or disabled. */
export async function findUserAsCaller(db: Reader, platform: Platform, userId: string): Promise<Caller | undefined> {
  const row = await db
    .selectFrom('users')
    .select(['id', 'name', 'kind', 'administrator'])
    .where('tenant', '=', platform)
    .where('id', '=', userId)
    .where('disabled', '=', 0)
    .executeTakeFirst()
  return row && callerOf(row, await groupsOf(db, platform, row.id))
}

/** The workspaces that a token is limited to, as they are stored. */
export function workspacesOf(stored: string | null): Tenant[] | undefined {
  return stored === null ? undefined : (JSON.parse(stored) as number[]).map(tenantOf)
}

function callerOf(
  { id, name, kind, administrator }: Pick<UserTable, 'id' | 'name' | 'kind' | 'administrator'>,
  groups: readonly string[],
): Caller {
  return { id, name, kind: kind === 'service' ? 'service' : 'person', groups, administrator: administrator === 1 }
}

async function groupsOf(db: Reader, platform: Platform, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('group_members')
    .select('group_id')
    .where('tenant', '=', platform)
    .where('user_id', '=', userId)
    .orderBy('group_id')
    .execute()
  return rows.map((row) => row.group_id)
}
