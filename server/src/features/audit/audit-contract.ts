import { defineEndpoint, get } from '../../contract/endpoint.ts'
import { int32, int64, list, message, string } from '../../contract/wire.ts'

const AuditEvent = message('AuditEvent', {
  event_id: string(),
  time: int64('Epoch milliseconds; of several calls, that of the first.'),
  caller_id: string('Empty for a caller who did not log in.'),
  caller_name: string(),
  operation: string('Id of the operation, such as `deleteExperiment`.'),
  target: string('Such as `run:<id>`, `model:<name>`; empty where nothing is named.'),
  workspace: string('Key of the workspace.'),
  outcome: string('done, denied or unauthenticated.'),
  request_id: string('Value of `opc-request-id`.'),
  calls: int64('How many calls the row stands for: logging is counted by caller, run and minute.'),
})

export const searchAuditEvents = defineEndpoint({
  id: 'searchAuditEvents',
  summary: 'Find changes and refusals, the newest first. For administrators of the platform.',
  routes: [get('/2.0/runstead/audit/search')],
  scope: 'platform',
  permission: 'platform.admin',
  request: message('SearchAuditEvents', {
    caller: string('Id or name.'),
    operation: string(),
    target: string(),
    outcome: string('done, denied or unauthenticated.'),
    request_id: string(),
    start_time: int64('Epoch milliseconds, inclusive.'),
    end_time: int64('Epoch milliseconds, exclusive.'),
    max_results: int32('1 to 1,000; absent means 100.'),
    page_token: string(),
  }),
  reply: message('SearchAuditEvents.Response', { audit_events: list(AuditEvent), next_page_token: string() }),
  format: 'compact',
})
