import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import * as contract from './audit-contract.ts'
import { findAuditEvents } from './audit-store.ts'

const usualPage = 100
const mostResults = 1000

export const searchAuditEvents = handle(contract.searchAuditEvents, async ({ db, platform, caller }, request) => {
  const limit = request.max_results ?? usualPage
  if (limit < 1 || limit > mostResults) {
    throw invalidParameter(`'max_results' must be from 1 to ${mostResults}; it is ${limit}.`, { field: 'max_results' })
  }
  const { max_results: _size, page_token, ...filter } = request
  const query = ['audit', platform, caller.id, Object.entries(filter)]
  const [before] = decodePageToken(page_token, query, ['integer']) ?? []
  const found = await findAuditEvents(db.read, platform, {
    caller: filter.caller || undefined,
    operation: filter.operation || undefined,
    target: filter.target || undefined,
    outcome: filter.outcome || undefined,
    requestId: filter.request_id || undefined,
    start: filter.start_time,
    end: filter.end_time,
    before,
    limit: limit + 1,
  })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    body: {
      audit_events: page.map((row) => ({
        event_id: String(row.event),
        time: row.at,
        caller_id: row.caller_id,
        caller_name: row.caller_name,
        operation: row.operation,
        target: row.target,
        workspace: row.workspace_key ?? undefined,
        outcome: row.outcome,
        request_id: row.request_id,
        calls: row.calls,
      })),
      next_page_token: found.length > limit && last !== undefined ? encodePageToken(query, [last.event]) : undefined,
    },
  }
})
