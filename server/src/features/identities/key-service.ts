import type { Tx } from '../../db/database.ts'
import type { ApiKeyTable, UserTable } from '../../db/tables/identity-tables.ts'
import { alreadyExists, conflict, notFound } from '../../errors/errors.ts'
import type { Platform } from '../../lib/tenant.ts'
import { checkTenancy } from './identity-rules.ts'
import { insertKey, listKeys, markKey, platformId, removeKey } from './key-store.ts'
import { readPublicKey } from './public-key-rules.ts'

/** Keys that a user can have, the disabled ones included (the rule of OCI). */
const mostKeys = 3

/**
 * Registers a public key for request signatures.
 *
 * @param publicKey PEM
 * @param tenancy first part of the key id that the client sends; absent: the platform's own
 * @throws AppError `invalid-parameter`, `already-exists`; `conflict` when the user has three
 */
export async function addKey(
  tx: Tx,
  platform: Platform,
  now: number,
  user: UserTable,
  publicKey: string,
  tenancy?: string,
): Promise<ApiKeyTable> {
  const { pem, fingerprint } = readPublicKey(publicKey)
  const keys = await listKeys(tx, user)
  if (keys.some((key) => key.fingerprint === fingerprint)) {
    throw alreadyExists(`User '${user.name}' has the key ${fingerprint} already.`)
  }
  if (keys.length >= mostKeys) throw conflict(`User '${user.name}' has ${mostKeys} keys already. Delete one first.`)
  const row: ApiKeyTable = {
    tenant: platform,
    user_id: user.id,
    fingerprint,
    tenancy: tenancy === undefined ? tenancyOf(await platformId(tx, platform)) : checkTenancy(tenancy),
    public_key: pem,
    disabled: 0,
    created: now,
    last_used: null,
  }
  await insertKey(tx, row)
  return row
}

/** @throws AppError `not-found` */
export async function setKeyDisabled(
  tx: Tx,
  user: UserTable,
  fingerprint: string,
  disabled: boolean,
): Promise<ApiKeyTable> {
  const row = await markKey(tx, user, fingerprint, disabled)
  if (row === undefined) throw noKey(user, fingerprint)
  return row
}

/** @throws AppError `not-found` */
export async function deleteKey(tx: Tx, user: UserTable, fingerprint: string): Promise<void> {
  if (!(await removeKey(tx, user, fingerprint))) throw noKey(user, fingerprint)
}

/** What a client names in the Authorization header. */
export function keyIdOf({ tenancy, user_id, fingerprint }: ApiKeyTable): string {
  return `${tenancy}/${user_id}/${fingerprint}`
}

function noKey(user: UserTable, fingerprint: string): Error {
  return notFound(`User '${user.name}' has no key '${fingerprint}'.`)
}

/** A platform's tenancy has the same last part: `ocid1.tenancy.local..default` for the default platform. */
export function tenancyOf(platform: string): string {
  return `ocid1.tenancy.local..${platform.slice(platform.lastIndexOf('.') + 1)}`
}
