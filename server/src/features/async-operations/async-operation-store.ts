import { sql } from 'kysely'
import type { Database, Reader, Tx } from '../../db/database.ts'
import { grantKind } from '../../db/tables/permission-tables.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Caller } from '../../lib/caller.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import type { Platform } from '../../lib/tenant.ts'
import { granteesOf } from '../permissions/caller-rights.ts'
import { strongest, workspacePermissions } from '../permissions/permission-rules.ts'

export type AsyncOperationRow = Tables['async_operations']

export interface NewOperation {
  readonly resourceType: string
  readonly actionType: string
  readonly resourceName: string
  readonly resourceDisplayName: string
  /** The workspace whose administrators may see it. */
  readonly workspace: number
}

/** How long finished operations are kept, ms (D62). */
const keptMs = 30 * 24 * 60 * 60_000

/** Notes an operation that has ended well already. @returns its key */
export async function addFinishedOperation(
  tx: Tx,
  platform: Platform,
  caller: Caller,
  operation: NewOperation,
  now: number,
): Promise<string> {
  const key = newRunId(now)
  await tx
    .insertInto('async_operations')
    .values({
      tenant: platform,
      operation: key,
      resource_type: operation.resourceType,
      action_type: operation.actionType,
      resource_name: operation.resourceName,
      resource_display_name: operation.resourceDisplayName,
      workspace: operation.workspace,
      created_by: caller.id,
      created_by_name: caller.name,
      started: now,
      finished: now,
      status: 'SUCCEEDED',
      error_code: null,
      error_message: null,
    })
    .execute()
  return key
}

/** An operation that its creator or an administrator of its workspace asks for; undefined for everyone else (D62). */
export async function findOperation(
  db: Reader,
  platform: Platform,
  key: string,
  caller: Caller,
  now: number,
): Promise<AsyncOperationRow | undefined> {
  const row = await db
    .selectFrom('async_operations')
    .selectAll()
    .where('tenant', '=', platform)
    .where('operation', '=', key)
    .where('started', '>', now - keptMs)
    .executeTakeFirst()
  if (row === undefined || caller.administrator || row.created_by === caller.id) return row
  return (await administers(db, platform, caller, row.workspace)) ? row : undefined
}

async function administers(db: Reader, platform: Platform, caller: Caller, workspace: number | null): Promise<boolean> {
  if (workspace === null) return false
  const { rows } = await sql`select 1 as one from grants as g where g.tenant = ${platform}
    and g.grantee in (${sql.join(granteesOf(caller))}) and g.kind = ${sql.lit(grantKind.workspace)}
    and g.object = ${workspace} and g.permissions >= ${sql.lit(strongest(workspacePermissions))} limit 1`.execute(db)
  return rows.length > 0
}

const forgottenAtOnce = 1000

/** Forgets operations that are no longer kept. */
export async function forgetOldOperations(database: Database, platform: Platform, now: number): Promise<void> {
  for (;;) {
    const old = await database.lookup
      .selectFrom('async_operations')
      .select('operation')
      .where('tenant', '=', platform)
      .where('started', '<=', now - keptMs)
      .orderBy('started')
      .limit(forgottenAtOnce)
      .execute()
    if (old.length === 0) return
    const keys = old.map(({ operation }) => operation)
    await database.write(platform, (tx) =>
      tx.deleteFrom('async_operations').where('tenant', '=', platform).where('operation', 'in', keys).execute(),
    )
    if (old.length < forgottenAtOnce) return
  }
}
