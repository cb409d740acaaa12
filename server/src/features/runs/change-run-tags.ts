import { handle } from '../../context/context.ts'
import { notFound } from '../../errors/errors.ts'
import * as contract from './run-log-contract.ts'
import { checkTag } from './run-rules.ts'
import { lockActiveRun } from './run-store.ts'
import { removeTag } from './run-tag-store.ts'

export const setTag = handle(contract.setTag, async ({ ingest, tenant }, request) => {
  const { revision } = await ingest.submit(tenant, {
    kind: 'log',
    runId: request.run_id,
    metrics: [],
    params: [],
    tags: [checkTag(request.key, request.value)],
    source: 'single',
  })
  return { body: {}, revision }
})

/** The tag that holds the run's name can be removed too; the name stays. */
export const deleteTag = handle(contract.deleteTag, async ({ db, tenant }, { run_id, key }) => {
  return db.write(tenant, async (tx) => {
    const run = await lockActiveRun(tx, tenant, run_id)
    if (!(await removeTag(tx, tenant, run, key))) {
      throw notFound(`No tag with name: ${key} in run with id ${run_id}`)
    }
    return { body: {}, revision: run.revision }
  })
})
