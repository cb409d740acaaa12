import type { Reader, Tx } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'

/** How often the identities of a platform have been changed. */
export async function identityRevision(db: Reader, platform: Platform): Promise<Int64> {
  const row = await db.selectFrom('identity_state').select('revision').where('tenant', '=', platform).executeTakeFirst()
  return row?.revision ?? 0
}

/**
 * Tells other processes that the identities of a platform have changed. To be called first in every transaction that
 * changes them: it also makes such transactions of one platform take turns.
 */
export async function raiseIdentityRevision(tx: Tx, platform: Platform): Promise<void> {
  await tx
    .insertInto('identity_state')
    .values({ tenant: platform, revision: 1 })
    .onConflict((conflict) =>
      conflict.column('tenant').doUpdateSet((expression) => ({
        revision: expression(expression.ref('identity_state.revision'), '+', 1),
      })),
    )
    .execute()
}

/** Whether there is a user on any platform. */
export async function anyUserExists(db: Reader): Promise<boolean> {
  const row = await db
    .selectFrom('platforms')
    .select('platforms.platform')
    .where((expression) =>
      expression.exists(
        expression.selectFrom('users').select('users.id').whereRef('users.tenant', '=', 'platforms.platform').limit(1),
      ),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
