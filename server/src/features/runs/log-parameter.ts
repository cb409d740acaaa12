import { handle } from '../../context/context.ts'
import * as contract from './run-log-contract.ts'
import { checkParam } from './run-rules.ts'

export const logParameter = handle(contract.logParameter, async ({ ingest, tenant }, request) => {
  const { revision } = await ingest.submit(tenant, {
    kind: 'log',
    runId: request.run_id,
    metrics: [],
    params: [checkParam(request.key, request.value)],
    tags: [],
    source: 'single',
  })
  return { body: {}, revision }
})
