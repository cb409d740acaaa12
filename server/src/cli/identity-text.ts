import type { ApiKeyTable, ApiTokenTable, UserTable } from '../db/tables/identity-tables.ts'
import { hasEnded } from '../features/identities/token-service.ts'
import type { Int64 } from '../lib/int64.ts'

/** Lines of a table with aligned columns; no rows: one line that says so. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[], none: string): string[] {
  if (rows.length === 0) return [none]
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

/** `2026-11-24 12:00Z`, or `-` for none. */
export function timeText(time: Int64 | null): string {
  return time === null ? '-' : `${new Date(Number(time)).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

export function userState({ disabled, administrator }: UserTable): string {
  return (
    [administrator === 1 ? 'administrator' : '', disabled === 1 ? 'disabled' : ''].filter(Boolean).join(', ') || '-'
  )
}

export const tokenHead = ['TOKEN', 'NAME', 'ACCESS', 'CREATED', 'EXPIRES', 'LAST USED', 'STATE']

export function tokenCells(token: ApiTokenTable, now: number): string[] {
  const state = token.revoked !== null ? 'revoked' : hasEnded(token, now) ? 'expired' : 'good'
  const limited = token.workspaces === null ? '' : ' (limited)'
  return [
    token.id,
    token.name,
    token.access + limited,
    timeText(token.created),
    timeText(token.expires),
    timeText(token.last_used),
    state,
  ]
}

export const keyHead = ['FINGERPRINT', 'TENANCY', 'CREATED', 'LAST USED', 'STATE']

export function keyCells(key: ApiKeyTable): string[] {
  const state = key.disabled === 1 ? 'disabled' : 'good'
  return [key.fingerprint, key.tenancy, timeText(key.created), timeText(key.last_used), state]
}
