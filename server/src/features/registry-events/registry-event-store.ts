import type { Reader, Tx } from '../../db/database.ts'
import { preparedInsert } from '../../db/prepared-insert.ts'
import type { Tables } from '../../db/tables/tables.ts'
import { together } from '../../db/together.ts'
import type { Caller } from '../../lib/caller.ts'
import type { Int64 } from '../../lib/int64.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { runNumber } from '../../lib/run-number.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { Condition } from '../../search/text-condition.ts'
import { newestVersion } from '../registered-models/newest-version.ts'
import { enqueueDeliveries } from '../webhooks/webhook-outbox.ts'

/** What can happen in the registry. */
export type RegistryEventKind =
  | `${'registered_model' | 'model_version'}.${'created' | 'updated' | 'deleted'}`
  | 'registered_model.renamed'
  | 'model_version.stage_changed'
  | `${'registered_model' | 'model_version'}_tag.${'set' | 'deleted'}`
  | `model_alias.${'set' | 'deleted'}`

/** One change, told in the transaction that makes it. */
export interface RegistryEvent {
  readonly kind: RegistryEventKind
  readonly model: Int64
  /** The model's name; after a rename the new one. */
  readonly name: string
  /** A promise for the number that is being taken in the same transaction. */
  readonly version?: number | Promise<number>
  /** Tag key or alias. */
  readonly key?: string
  /** What was there before: stage, alias' version, tag value, description or name. */
  readonly oldValue?: string | null
  readonly newValue?: string | null
  /** Of a created model or version: its tags, description, source and run, as webhooks tell them. */
  readonly details?: Readonly<Record<string, unknown>>
}

const insertEvent = preparedInsert('registry_events')
const insertEventOfNewVersion = preparedInsert('registry_events', { version: newestVersion })

/**
 * Appends to the registry's log of changes, and to the outbox of webhooks, in the transaction of the change itself.
 *
 * @param now epoch milliseconds
 */
export async function recordRegistryEvent(
  tx: Tx,
  platform: Platform,
  caller: Caller,
  now: number,
  event: RegistryEvent,
): Promise<void> {
  await together(insertRegistryEvent(tx, platform, caller, now, event), enqueueDeliveries(tx, platform, now, event))
}

/** As `recordRegistryEvent`, for a platform whose webhooks are none or hear otherwise of it. One statement. */
export async function insertRegistryEvent(
  tx: Tx,
  platform: Platform,
  caller: Caller,
  now: number,
  event: RegistryEvent,
): Promise<void> {
  const row = {
    tenant: platform,
    event: runNumber(newRunId(now))!,
    at: now,
    model: event.model,
    name: event.name,
    kind: event.kind,
    key: event.key ?? null,
    old_value: event.oldValue ?? null,
    new_value: event.newValue ?? null,
    caller_id: caller.id,
    caller_name: caller.name,
  }
  const { version = null } = event
  if (version instanceof Promise) await insertEventOfNewVersion(tx, [row])
  else await insertEvent(tx, [{ ...row, version }])
}

/**
 * Events, newest first: of the model that has the name now, also under earlier names; if no model has it, of those that had
 * it; of all models where no name is given.
 */
export async function findRegistryEvents(
  db: Reader,
  platform: Platform,
  search: {
    /** That the caller may see the event's `model`. */
    readonly visible: Condition
    readonly name: string | undefined
    readonly before: Int64 | string | undefined
    readonly limit: number
  },
): Promise<Tables['registry_events'][]> {
  let query = db.selectFrom('registry_events').selectAll().where('tenant', '=', platform).where(search.visible)
  if (search.name !== undefined) {
    const holder = await db
      .selectFrom('registered_models')
      .select('model')
      .where('tenant', '=', platform)
      .where('name', '=', search.name)
      .executeTakeFirst()
    query = holder === undefined ? query.where('name', '=', search.name) : query.where('model', '=', holder.model)
  }
  if (search.before !== undefined) query = query.where('event', '<', search.before as Int64)
  return query.orderBy('event', 'desc').limit(search.limit).execute()
}
