import type { Asked, AuditTrail, Ending, JoinChange } from '../../context/guard.ts'
import type { Database } from '../../db/database.ts'
import { withWrite } from '../../db/precondition.ts'
import { together } from '../../db/together.ts'
import type { Platform } from '../../lib/tenant.ts'
import { isChange, isLogging, isOfRegistry, isTraining, targetOf } from './audit-rules.ts'
import {
  type AuditEntry,
  hasAuditEventsBefore,
  insertAuditEntries,
  listPlatforms,
  removeAuditEventsBefore,
} from './audit-store.ts'

export interface AuditTrailOptions {
  /** Platform of what was refused before its own was known. */
  readonly defaultPlatform: Platform
  /** `minute` counts logging calls by caller, run and minute, `each` writes a row for each at once, `off` writes none. */
  readonly logging: 'minute' | 'each' | 'off'
  /** Days after which rows are removed; undefined: never. */
  readonly retentionDays?: number | undefined
  /** Told about rows that could not be written, with the rows. */
  readonly onError: (error: unknown, lost: readonly AuditEntry[]) => void
  /** Epoch milliseconds. */
  readonly now?: () => number
}

export interface RunningAuditTrail extends AuditTrail, AsyncDisposable {
  /** Writes what is counted and removes what is too old; for tests. */
  flush(): Promise<void>
}

const loggingWindowMs = 60_000
/** Refusals are counted as well, but for so short a time that nobody looks for them in vain. */
const refusalWindowMs = 1_000
const tickMs = 500
const sweepMs = 3_600_000
const dayMs = 86_400_000
/** Rows of one transaction. */
const mostRows = 500
/** Rows that wait for the next tick; beyond it an answer waits for its row. */
const mostLater = 5_000
/** Different counted calls held in memory; beyond it calls are counted without their target. */
const mostCounted = 20_000

interface Counted {
  readonly entry: AuditEntry
  readonly due: number
  calls: number
}

/**
 * The audit log. A change waits until its row is on disk: rows that come in while others are being written are written
 * together; those of runs that begin and end follow within a second. Logging and refusals are counted in memory and written at the end of their window and when the server stops.
 */
export function startAuditTrail(db: Database, options: AuditTrailOptions): RunningAuditTrail {
  const { now = Date.now, logging, retentionDays, onError } = options
  const waiting = new Map<Platform, { entry: AuditEntry; written: () => void }[]>()
  const writing = new Map<Platform, Promise<void>>()
  const counted = new Map<string, Counted>()
  let later: AuditEntry[] = []
  let sweptAt = Number.NEGATIVE_INFINITY

  const write = async (platform: Platform): Promise<void> => {
    for (;;) {
      const all = waiting.get(platform) ?? []
      if (all.length === 0) {
        // At once: rows that come in before a promise tells of the end must not rely on this.
        writing.delete(platform)
        return
      }
      const batch = all.splice(0, mostRows)
      const entries = batch.map(({ entry }) => entry)
      await db
        .write(platform, (tx) => insertAuditEntries(tx, platform, entries, now()))
        .catch((error: unknown) => onError(error, entries))
      for (const { written } of batch) written()
    }
  }
  const append = (entry: AuditEntry): Promise<void> =>
    new Promise((written) => {
      const { platform } = entry
      const all = waiting.get(platform) ?? []
      waiting.set(platform, all)
      all.push({ entry, written })
      if (!writing.has(platform)) writing.set(platform, write(platform))
    })
  const count = (entry: AuditEntry, windowMs: number): void => {
    const target = counted.size < mostCounted ? entry.target : ''
    const { platform, callerId, operation, workspace, outcome } = entry
    const key = `${platform}\0${callerId}\0${operation}\0${target}\0${workspace}\0${outcome}`
    const known = counted.get(key)
    if (known === undefined) counted.set(key, { entry: { ...entry, target }, due: entry.at + windowMs, calls: 1 })
    else known.calls++
  }
  const writeCounted = async (until: number): Promise<void> => {
    const due = [...counted].filter(([, { due }]) => due <= until)
    for (const [key] of due) counted.delete(key)
    const rows = [...later, ...due.map(([, { entry, calls }]) => ({ ...entry, calls }))]
    later = []
    await Promise.all(rows.map(append))
  }
  const sweep = async (): Promise<void> => {
    if (retentionDays === undefined) return
    const oldest = now() - retentionDays * dayMs
    for (const platform of await listPlatforms(db.lookup)) {
      while (await hasAuditEventsBefore(db.lookup, platform, oldest)) {
        await db.write(platform, (tx) => removeAuditEventsBefore(tx, platform, oldest))
      }
    }
  }
  const tick = async (): Promise<void> => {
    await writeCounted(now())
    if (performance.now() - sweptAt < sweepMs) return
    sweptAt = performance.now()
    await sweep()
  }
  let ticking = Promise.resolve()
  const timer = setInterval(() => {
    ticking = ticking.then(tick).catch((error: unknown) => onError(error, []))
  }, tickMs).unref()

  const join: JoinChange = (asked, requestId, committed) => {
    const { context } = asked
    const { db } = context
    let joined = false
    const write: Database['write'] = async (tenant, work, options) => {
      if (joined || tenant !== context.platform) return db.write(tenant, work, options)
      const value = await db.write(
        tenant,
        async (tx) => {
          const entry = changeOf(asked, requestId, now())
          // What the change is about is known before it is made, so its row need not wait for it.
          const [, made] = await together(insertAuditEntries(tx, context.platform, [entry], entry.at), work(tx))
          return made
        },
        options,
      )
      joined = true
      committed()
      return value
    }
    return { ...context, db: withWrite(db, write) }
  }

  return {
    joining: (endpoint) => (isChange(endpoint) && isOfRegistry(endpoint) ? join : undefined),
    note(ending) {
      const entry = entryOf(ending, options.defaultPlatform, now())
      if (entry === undefined) return undefined
      if (entry.outcome !== 'done') return void count(entry, refusalWindowMs)
      if (logging === 'each') return append(entry)
      if (isTraining(entry.operation) && later.length < mostLater) return void later.push(entry)
      if (!isLogging(entry.operation)) return append(entry)
      if (logging === 'minute') count(entry, loggingWindowMs)
      return undefined
    },
    async flush() {
      await writeCounted(Number.POSITIVE_INFINITY)
      await Promise.all(writing.values())
      await sweep()
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await ticking
      await writeCounted(Number.POSITIVE_INFINITY)
      await Promise.all(writing.values())
    },
  }
}

function entryOf(ending: Ending, defaultPlatform: Platform, at: number): AuditEntry | undefined {
  const { outcome, requestId, asked, address } = ending
  if (asked === undefined) {
    return {
      platform: defaultPlatform,
      at,
      callerId: '',
      callerName: '',
      operation: address.slice(0, 500),
      target: '',
      workspace: null,
      outcome,
      requestId,
      calls: 1,
    }
  }
  if (outcome === 'done' && !isChange(asked.endpoint)) return undefined
  return { ...changeOf(asked, requestId, at, ending.answer), outcome }
}

function changeOf({ context, endpoint, input, mountIds }: Asked, requestId: string, at: number, answer?: string) {
  const { caller, platform, tenant, mount } = context
  return {
    platform,
    at,
    callerId: caller.id,
    callerName: caller.name,
    operation: endpoint.id,
    target: targetOf(endpoint, input, mountIds.workspaceKey, answer),
    workspace: mount === 'platform' ? null : tenant,
    outcome: 'done',
    requestId,
    calls: 1,
  } satisfies AuditEntry
}
