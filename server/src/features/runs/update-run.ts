import { handle } from '../../context/context.ts'
import type { UpdateRun } from '../../ingest/ingest-record.ts'
import * as contract from './run-contract.ts'
import { runInfoMessage, statusNumber } from './run-message.ts'
import { requireRun } from './run-store.ts'

export const updateRun = handle(contract.updateRun, async ({ db, ingest, tenant }, request) => {
  const { run_id: runId, end_time: endTime, run_name: name } = request
  const status = request.status === undefined ? undefined : statusNumber(request.status)
  const record: UpdateRun = {
    kind: 'update-run',
    runId,
    ...(status === undefined ? {} : { status }),
    ...(endTime === undefined ? {} : { endTime }),
    ...(name ? { name } : {}),
  }
  const { revision } = await ingest.submit(tenant, record)
  return { body: { run_info: runInfoMessage(await requireRun(db.lookup, tenant, runId)) }, revision }
})
