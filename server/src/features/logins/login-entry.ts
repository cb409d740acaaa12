import type { Platform } from '../../lib/tenant.ts'
import type { AuditEntry } from '../audit/audit-store.ts'

/**
 * The row of the audit log for what somebody does at the login page: `logIn`, `logOut`, or `admitPerson` where the provider's
 * word made or changed the user.
 *
 * @param now epoch milliseconds
 */
export function loginEntry(
  platform: Platform,
  operation: 'logIn' | 'logOut' | 'admitPerson',
  user: { readonly id: string; readonly name: string },
  now: number,
): AuditEntry {
  return {
    platform,
    at: now,
    callerId: user.id,
    callerName: user.name,
    operation,
    target: `user:${user.id}`,
    workspace: null,
    outcome: 'done',
    requestId: '',
    calls: 1,
  }
}
