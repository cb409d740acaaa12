import type { Context } from '../../context/context.ts'
import type { IdentityDirectory } from '../../context/identity-directory.ts'
import type { Tx } from '../../db/database.ts'
import { raiseIdentityRevision } from './identity-state-store.ts'

/**
 * Runs a change of identities in one transaction; afterwards nothing that was remembered of them is used any more. Such
 * changes of one platform take turns.
 */
export async function changeIdentities<T>(
  {
    db,
    platform,
    identities,
  }: Pick<Context, 'db' | 'platform'> & { readonly identities: Pick<IdentityDirectory, 'changed'> },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await db.write(platform, async (tx) => {
      await raiseIdentityRevision(tx, platform)
      return work(tx)
    })
  } finally {
    // Also after a failure: whether the commit took place may not be known.
    identities.changed(platform)
  }
}
