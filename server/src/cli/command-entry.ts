import type { AuditEntry } from '../features/audit/audit-store.ts'
import type { Platform } from '../lib/tenant.ts'

/** Whoever may open the database needs no login. */
export const commandLine = { id: 'system', name: 'command line' } as const

/**
 * The row of the audit log for a change on the command line.
 *
 * @param command such as `runstead user delete` and the user's name
 * @param now epoch milliseconds
 */
export function commandEntry(
  platform: Platform,
  command: { readonly name: string; readonly target: string },
  now: number,
): AuditEntry {
  return {
    platform,
    at: now,
    callerId: commandLine.id,
    callerName: commandLine.name,
    operation: command.name,
    target: command.target,
    workspace: null,
    outcome: 'done',
    requestId: '',
    calls: 1,
  }
}
