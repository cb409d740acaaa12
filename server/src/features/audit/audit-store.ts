import { sql } from 'kysely'
import type { Reader, Tx } from '../../db/database.ts'
import { preparedInsert } from '../../db/prepared-insert.ts'
import type { AuditEventTable } from '../../db/tables/permission-tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import { toInt64 } from '../../lib/int64.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Platform, Tenant } from '../../lib/tenant.ts'
import { always, type Condition } from '../../search/text-condition.ts'

/** What happened, before it has a number. */
export interface AuditEntry {
  readonly platform: Platform
  readonly at: number
  readonly callerId: string
  readonly callerName: string
  readonly operation: string
  readonly target: string
  readonly workspace: Tenant | null
  readonly outcome: string
  readonly requestId: string
  readonly calls: number
}

const insertEvents = preparedInsert('audit_events')

/**
 * Appends rows. Their numbers are made here, so that a repeat of the transaction makes new ones.
 *
 * @param now epoch milliseconds
 */
export async function insertAuditEntries(
  tx: Tx,
  platform: Platform,
  entries: readonly AuditEntry[],
  now: number,
): Promise<void> {
  await insertEvents(
    tx,
    entries.map((entry) => ({
      tenant: platform,
      event: runNumber(newRunId(now))!,
      at: entry.at,
      caller_id: entry.callerId,
      caller_name: entry.callerName,
      operation: entry.operation,
      target: entry.target,
      workspace: entry.workspace,
      outcome: entry.outcome,
      request_id: entry.requestId,
      calls: entry.calls,
    })),
  )
}

export interface AuditSearch {
  /** Id or name. */
  readonly caller?: string | undefined
  readonly operation?: string | undefined
  readonly target?: string | undefined
  readonly outcome?: string | undefined
  readonly requestId?: string | undefined
  /** Epoch milliseconds. */
  readonly start?: Int64 | undefined
  readonly end?: Int64 | undefined
  /** Number of the last event of the page before. */
  readonly before?: Int64 | string | undefined
  readonly limit: number
}

export type AuditEventRow = AuditEventTable & { readonly workspace_key: string | null }

/** Events from the newest to the oldest. */
export async function findAuditEvents(db: Reader, platform: Platform, search: AuditSearch): Promise<AuditEventRow[]> {
  const { caller, start, end, before } = search
  const equal = (column: string, value: string | undefined): Condition =>
    value === undefined ? always : sql`${sql.ref(column)} = ${value}`
  const conditions = [
    sql<boolean>`a.tenant = ${platform}`,
    caller === undefined ? always : sql<boolean>`(a.caller_id = ${caller} or a.caller_name = ${caller})`,
    equal('a.operation', search.operation),
    equal('a.target', search.target),
    equal('a.outcome', search.outcome),
    equal('a.request_id', search.requestId),
    // Rows are numbered when they are written, which is never before it happened.
    start === undefined ? always : sql<boolean>`a.at >= ${start} and a.event >= ${firstEventAt(start)}`,
    end === undefined ? always : sql<boolean>`a.at < ${end}`,
    before === undefined ? always : sql<boolean>`a.event < ${before}`,
  ]
  const { rows } = await sql<AuditEventRow>`select a.*, w.key as workspace_key
    from audit_events as a left join workspaces as w on w.tenant = a.workspace
    where ${sql.join(conditions, sql` and `)} order by a.event desc limit ${search.limit}`.execute(db)
  return rows
}

/** Rows removed in one transaction. */
const slice = 1000

/** Whether there is something that was written before a time. */
export async function hasAuditEventsBefore(db: Reader, platform: Platform, time: number): Promise<boolean> {
  const [row] = await db
    .selectFrom('audit_events')
    .select('event')
    .where('tenant', '=', platform)
    .where('event', '<', firstEventAt(time))
    .limit(1)
    .execute()
  return row !== undefined
}

/** Removes a slice of what was written before a time. */
export async function removeAuditEventsBefore(tx: Tx, platform: Platform, time: number): Promise<void> {
  const old = tx
    .selectFrom('audit_events')
    .select('event')
    .where('tenant', '=', platform)
    .where('event', '<', firstEventAt(time))
    .orderBy('event')
    .limit(slice)
  await tx.deleteFrom('audit_events').where('tenant', '=', platform).where('event', 'in', old).execute()
}

/** The platforms that there are. */
export async function listPlatforms(db: Reader): Promise<Platform[]> {
  const rows = await db.selectFrom('platforms').select('platform').execute()
  return rows.map(({ platform }) => platform as Platform)
}

/** No event that was numbered at or after a time has a smaller number: numbers begin with 42 bits of milliseconds. */
function firstEventAt(time: Int64): Int64 {
  const milliseconds = BigInt(time)
  if (milliseconds <= 0n) return 0
  const latest = (1n << 42n) - 1n
  return toInt64((milliseconds < latest ? milliseconds : latest) << 21n)
}
