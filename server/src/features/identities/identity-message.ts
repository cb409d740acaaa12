import type { ApiKeyTable, ApiTokenTable, UserGroupTable, UserTable } from '../../db/tables/identity-tables.ts'
import type { AccessLevel } from '../../lib/caller.ts'
import { workspacesOf } from './credential-store.ts'
import { keyIdOf } from './key-service.ts'

export function userMessage(
  { id, name, kind, administrator, disabled, created, updated }: UserTable,
  groups: readonly { readonly id: string; readonly name: string }[] = [],
) {
  return {
    id,
    name,
    kind: kind === 'service' ? ('service' as const) : ('person' as const),
    administrator: administrator === 1,
    disabled: disabled === 1,
    creation_time: created,
    last_updated_time: updated,
    groups,
  }
}

export function groupMessage({ id, name, created, updated }: UserGroupTable) {
  return { id, name, creation_time: created, last_updated_time: updated }
}

/** @param keys of the workspaces that tokens are limited to, by their numbers; those of deleted ones are missing */
export function tokenMessage(row: ApiTokenTable, keys: ReadonlyMap<number, string>) {
  return {
    id: row.id,
    name: row.name,
    access: row.access as AccessLevel,
    workspaces: (workspacesOf(row.workspaces) ?? []).map(
      (workspace) => keys.get(workspace) ?? `deleted (${workspace})`,
    ),
    creation_time: row.created,
    expiration_time: row.expires ?? undefined,
    revocation_time: row.revoked ?? undefined,
    last_used_time: row.last_used ?? undefined,
  }
}

export function keyMessage(row: ApiKeyTable) {
  return {
    fingerprint: row.fingerprint,
    key_id: keyIdOf(row),
    public_key: row.public_key,
    disabled: row.disabled === 1,
    creation_time: row.created,
    last_used_time: row.last_used ?? undefined,
  }
}
