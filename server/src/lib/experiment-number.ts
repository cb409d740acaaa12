import type { Int64 } from './int64.ts'
import type { Tenant } from './tenant.ts'

/** Experiments that a workspace may ever have; its numbers lie in a range of this size. */
const numbersPerWorkspace = 1_000_000_000

/**
 * The number of a workspace's experiment Default, which is its first. Numbers are unique in the instance (D9): each
 * workspace has a range of its own. The default workspace of the default platform begins at 0.
 */
export function firstExperimentOf(tenant: Tenant): Int64 {
  return (tenant - 1) * numbersPerWorkspace
}
