import { handle } from '../../context/context.ts'
import { keyKind } from '../../db/tables/tables.ts'
import { notFound } from '../../errors/errors.ts'
import { refuseKeysNamedTwice } from '../experiments/experiment-rules.ts'
import { findOrAddKey } from './key-names.ts'
import * as contract from './run-log-contract.ts'
import { checkTag, runNameTag } from './run-rules.ts'
import { lockActiveRun, renameRun, requireRun } from './run-store.ts'
import { putTag, removeTag } from './run-tag-store.ts'

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
export const deleteTag = handle(contract.deleteTag, async ({ db, dialect, tenant }, { run_id, key }) => {
  return db.write(tenant, async (tx) => {
    const run = await lockActiveRun(tx, tenant, run_id)
    const removed = await removeTag(tx, tenant, run, key)
    if (!removed && dialect === 'mlflow') {
      throw notFound(`No tag with name: ${key} in run with id ${run_id}`)
    }
    return { body: {}, revision: run.revision }
  })
})

/** All tags or none; a key to remove that is not there does no harm (D41). */
export const updateRunTags = handle(contract.updateRunTags, async ({ db, tenant }, request) => {
  const { run_id } = request
  const tags = request.set_tags.map(({ key = '', value }, index) => checkTag(key, value, `set_tags[${index}].`))
  const removed = request.delete_tags.map(({ key = '' }) => key)
  refuseKeysNamedTwice(tags, removed)
  return db.write(tenant, async (tx) => {
    const { experiment } = await requireRun(tx, tenant, run_id)
    const keys = new Map<string, number>()
    for (const { key } of tags) keys.set(key, await findOrAddKey(tx, tenant, experiment, keyKind.tag, key))
    const run = await lockActiveRun(tx, tenant, run_id)
    for (const { key, value } of tags) {
      if (key === runNameTag && value === '') continue
      await putTag(tx, tenant, run, keys.get(key) as number, value)
      if (key === runNameTag) await renameRun(tx, tenant, run, value)
    }
    for (const key of removed) await removeTag(tx, tenant, run, key)
    return { body: {}, revision: run.revision }
  })
})
