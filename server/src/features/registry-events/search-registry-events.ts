import { sql } from 'kysely'
import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { visibleModels } from '../permissions/caller-rights.ts'
import * as contract from './registry-event-contract.ts'
import { findRegistryEvents } from './registry-event-store.ts'

const mostResults = 1000

export const searchRegistryEvents = handle(contract.searchRegistryEvents, async ({ db, platform, caller }, request) => {
  const limit = Number(request.max_results ?? 100)
  if (limit < 1 || limit > mostResults) {
    throw invalidParameter(
      `Invalid value ${request.max_results} for parameter 'max_results' supplied. It must be from 1 to ${mostResults}.`,
      { field: 'max_results' },
    )
  }
  const query = ['registry-events', platform, caller.id, request.name ?? '']
  const [before] = decodePageToken(request.page_token, query, ['integer']) ?? []
  const found = await findRegistryEvents(db.read, platform, {
    visible: visibleModels(platform, caller, sql.ref('model')),
    name: request.name || undefined,
    before,
    limit: limit + 1,
  })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    body: {
      events: page.map((row) => ({
        event_id: String(row.event),
        timestamp: row.at,
        event_type: row.kind,
        name: row.name,
        version: row.version === null ? undefined : String(row.version),
        key: row.key ?? undefined,
        old_value: row.old_value ?? undefined,
        new_value: row.new_value ?? undefined,
        user_id: row.caller_id,
        user_name: row.caller_name,
      })),
      next_page_token: found.length > limit && last ? encodePageToken(query, [last.event]) : undefined,
    },
  }
})
