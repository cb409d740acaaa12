import { AppError } from '../errors/app-error.ts'
import type { Platform, Tenant } from '../lib/tenant.ts'
import type { Database, Tx } from './database.ts'

/** The right to do a job, until it expires or somebody else has taken it over. */
export interface Lease {
  readonly name: string
  readonly holder: string
}

/**
 * Takes a job, or keeps it when it is the holder's already.
 *
 * @param forMs how long others stay away without hearing from the holder
 * @returns undefined while somebody else does it
 */
export async function takeLease(
  database: Database,
  tenant: Tenant | Platform,
  { name, holder }: Lease,
  now: number,
  forMs: number,
): Promise<Lease | undefined> {
  const taken = await database.write(tenant, async (tx) => {
    const known = await tx
      .selectFrom('leases')
      .select(['holder', 'expires_at'])
      .where('tenant', '=', tenant)
      .where('name', '=', name)
      .executeTakeFirst()
    if (known !== undefined && known.holder !== holder && Number(known.expires_at) > now) return false
    await tx
      .insertInto('leases')
      .values({ tenant, name, holder, fence: 1, expires_at: now + forMs })
      .onConflict((conflict) =>
        conflict
          .columns(['tenant', 'name'])
          .doUpdateSet((expression) => ({
            holder,
            fence: expression('leases.fence', '+', 1),
            expires_at: now + forMs,
          }))
          .where('leases.expires_at', '=', known?.expires_at ?? 0),
      )
      .execute()
    return true
  })
  return taken ? { name, holder } : undefined
}

/**
 * Prolongs a lease in a transaction that works under it; whoever has lost it cannot commit.
 *
 * @throws AppError `unavailable` when somebody else has the lease
 */
export async function holdLease(
  tx: Tx,
  tenant: Tenant | Platform,
  { name, holder }: Lease,
  expiresAt: number,
): Promise<void> {
  const held = await tx
    .updateTable('leases')
    .set({ expires_at: expiresAt })
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .where('holder', '=', holder)
    .returning('holder')
    .executeTakeFirst()
  if (held === undefined) throw new AppError('unavailable', `The job '${name}' was taken over by another process.`)
}
