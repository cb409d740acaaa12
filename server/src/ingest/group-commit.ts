import type { Database } from '../db/database.ts'
import { AppError } from '../errors/app-error.ts'
import { overloaded, unavailable } from '../errors/errors.ts'
import type { Tenant } from '../lib/tenant.ts'
import { newBatchId } from './batch-id.ts'
import type { Ingest } from './ingest.ts'
import type { IngestRecord, Submitted } from './ingest-record.ts'
import { type AcceptedRecord, type GroupLimits, RecordQueue, sizeOf } from './record-queue.ts'

export interface GroupCommitOptions {
  /** Most records accepted and not answered yet, over all tenants. Default 20,000. */
  readonly maxRecords?: number
  /** Most bytes of them, estimated. Default 64 MiB. */
  readonly maxBytes?: number
  /** Size of one group. Default 5,000 rows and 4 MiB. */
  readonly groupLimits?: GroupLimits
  /** Groups of one tenant that are committed at the same time, each with other runs. Default 1 on SQLite, else 4. */
  readonly maxGroups?: number
  /** Waiting records from which a second and further group starts beside one under way. Default 100. */
  readonly recordsForMoreGroups?: number
  /** Epoch ms. */
  readonly now?: () => number
}

type GroupWriter = Pick<Database, 'engine' | 'writeGroup'>

/**
 * The write path over a database: what arrives while a commit is under way is committed together next. A record that
 * finds nothing under way goes out at the end of the same turn of the event loop.
 */
export function createGroupCommit(database: GroupWriter, options: GroupCommitOptions = {}): Ingest {
  return new GroupCommit(database, {
    maxRecords: 20_000,
    maxBytes: 64 * 2 ** 20,
    groupLimits: { rows: 5000, bytes: 4 * 2 ** 20 },
    maxGroups: database.engine === 'sqlite' ? 1 : 4,
    recordsForMoreGroups: 100,
    now: Date.now,
    ...options,
  })
}

interface TenantQueue {
  readonly tenant: Tenant
  readonly waiting: RecordQueue
  readonly busyRuns: Set<string>
  groups: number
  scheduled: boolean
}

class GroupCommit implements Ingest {
  readonly #database: GroupWriter
  readonly #options: Required<GroupCommitOptions>
  readonly #queues = new Map<Tenant, TenantQueue>()
  #records = 0
  #bytes = 0
  #closing: PromiseWithResolvers<void> | undefined

  constructor(database: GroupWriter, options: Required<GroupCommitOptions>) {
    this.#database = database
    this.#options = options
  }

  submit(tenant: Tenant, record: IngestRecord): Promise<Submitted> {
    return new Promise((resolve, reject) => {
      if (this.#closing) throw unavailable('The server is stopping.')
      const size = sizeOf(record)
      const { maxRecords, maxBytes } = this.#options
      if (this.#records >= maxRecords || (this.#records > 0 && this.#bytes + size.bytes > maxBytes)) {
        throw overloaded('Too many writes are waiting. Try again later.', 1)
      }
      this.#records++
      this.#bytes += size.bytes
      const queue = this.#queueOf(tenant)
      queue.waiting.push({ record, size, resolve, reject })
      this.#schedule(queue)
    })
  }

  /** Refuses new records, and resolves when every accepted one is answered. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= Promise.withResolvers()
    if (this.#records === 0) this.#closing.resolve()
    return this.#closing.promise
  }

  #queueOf(tenant: Tenant): TenantQueue {
    let queue = this.#queues.get(tenant)
    if (queue === undefined) {
      queue = { tenant, waiting: new RecordQueue(), busyRuns: new Set(), groups: 0, scheduled: false }
      this.#queues.set(tenant, queue)
    }
    return queue
  }

  /** Starts a group after the callbacks of this turn have run, so that what they bring goes with it. */
  #schedule(queue: TenantQueue): void {
    if (queue.scheduled || !this.#mayStart(queue)) return
    queue.scheduled = true
    setImmediate(() => {
      queue.scheduled = false
      this.#startGroups(queue)
    })
  }

  #mayStart({ waiting, groups }: TenantQueue): boolean {
    if (waiting.length === 0) return false
    if (groups === 0) return true
    const { maxGroups, recordsForMoreGroups, groupLimits } = this.#options
    return groups < maxGroups && (waiting.length >= recordsForMoreGroups || waiting.rows >= groupLimits.rows)
  }

  #startGroups(queue: TenantQueue): void {
    while (this.#mayStart(queue)) {
      const group = queue.waiting.take(this.#options.groupLimits, queue.busyRuns)
      if (group.length === 0) return
      void this.#commit(queue, group)
    }
  }

  async #commit(queue: TenantQueue, group: readonly AcceptedRecord[]): Promise<void> {
    const exclusive = this.#options.maxGroups > 1
    const runs = exclusive ? new Set(group.map(({ record }) => record.runId)) : new Set<string>()
    queue.groups++
    for (const run of runs) queue.busyRuns.add(run)
    const settle = await this.#write(queue.tenant, group)
    for (const run of runs) queue.busyRuns.delete(run)
    queue.groups--
    if (queue.groups === 0 && queue.waiting.length === 0) this.#queues.delete(queue.tenant)
    // First the next group, which is then on its way while this one's callers answer their clients.
    else this.#startGroups(queue)
    settle()
    this.#release(group)
  }

  /**
   * Commits a group; never rejects. When the whole group fails for another reason than a database out of reach, a record
   * that nobody foresaw is to blame: each then goes alone, so that only that one fails.
   *
   * @returns tells its callers what has become of their records
   */
  async #write(tenant: Tenant, group: readonly AcceptedRecord[]): Promise<() => void> {
    try {
      const records = group.map(({ record }) => record)
      const results = await this.#database.writeGroup(tenant, newBatchId(this.#options.now()), records)
      return () => {
        group.forEach(({ resolve, reject }, i) => {
          const result = results[i]!
          if (result.ok) resolve(result)
          else reject(new AppError(result.code, result.message))
        })
      }
    } catch (error) {
      const outOfReach = error instanceof AppError && error.code === 'unavailable'
      if (outOfReach || group.length === 1) {
        return () => {
          for (const { reject } of group) reject(error)
        }
      }
      for (const accepted of group) (await this.#write(tenant, [accepted]))()
      return () => undefined
    }
  }

  #release(group: readonly AcceptedRecord[]): void {
    this.#records -= group.length
    for (const { size } of group) this.#bytes -= size.bytes
    if (this.#records === 0) this.#closing?.resolve()
  }
}
