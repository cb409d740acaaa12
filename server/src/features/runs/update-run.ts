import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import type { RunOutcome, UpdateRun } from '../../ingest/ingest-record.ts'
import * as contract from './run-contract.ts'
import { RunStatus } from './run-entity-contract.ts'
import { runInfoMessage, statusNumber } from './run-message.ts'
import { requireRun } from './run-store.ts'

export const updateRun = handle(contract.updateRun, async ({ db, dialect, ingest, tenant }, request) => {
  const { run_id: runId, end_time: endTime, run_name: name } = request
  const status = request.status === undefined ? undefined : statusNumber(request.status)
  if (request.status === 'INTERNAL_ERROR' && dialect === 'mlflow') throw unknownStatus()
  const record: UpdateRun = {
    kind: 'update-run',
    runId,
    ...(status === undefined ? {} : { status }),
    ...(endTime === undefined ? {} : { endTime }),
    ...(name ? { name } : {}),
  }
  const { revision, outcome } = await ingest.submit(tenant, record)
  const row = await requireRun(db.lookup, tenant, runId)
  // What a retry token has kept is answered again, whatever has become of the run since.
  const answered = outcome === undefined ? row : { ...row, ...columnsOf(outcome), deleted: 0 as const }
  return { body: { run_info: runInfoMessage(answered, dialect) }, revision }
})

function columnsOf({ name, status, endTime }: RunOutcome) {
  return { name, status, end_time: endTime }
}

function unknownStatus(): Error {
  const known = Object.keys(RunStatus.values).filter((name) => name !== 'INTERNAL_ERROR')
  return invalidParameter(
    `Invalid value "INTERNAL_ERROR" for parameter 'status' supplied: it must be one of ${known.join(', ')}.`,
    { field: 'status' },
  )
}
