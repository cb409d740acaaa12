import { handle } from '../../context/context.ts'
import type { Tx } from '../../db/database.ts'
import { checkRevision } from '../../db/precondition.ts'
import {
  experimentNotFound,
  invalidParameter,
  invalidState,
  missingParameter,
  notFound,
  renamedToTaken,
} from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import * as contract from './experiment-contract.ts'
import { removeExperiment } from './experiment-removal-store.ts'
import {
  checkExperimentName,
  checkExperimentTag,
  customViewLimit,
  customViewTagPrefix,
  experimentNumber,
  refuseKeysNamedTwice,
} from './experiment-rules.ts'
import {
  countOtherTags,
  type ExperimentRow,
  findExperiment,
  findExperimentByName,
  lockActiveExperiment,
  lockExperiment,
  removeExperimentTag,
  updateExperimentRow,
  upsertExperimentTag,
} from './experiment-store.ts'
import { beginStageChange, finishStageChange } from './run-stages.ts'

export const updateExperiment = handle(contract.updateExperiment, async ({ db, dialect, tenant, now }, request) => {
  const experiment = experimentNumber(request.experiment_id, tenant)
  const name = request.new_name
  if (!name && dialect === 'mlflow') throw missingParameter('new_name')
  if (name) checkExperimentName(name)
  return db.write(tenant, async (tx) => {
    const row = await lockExperiment(tx, tenant, experiment, request.experiment_id)
    if (row.deleted) throw invalidState('Cannot rename a non-active experiment.')
    if (name) {
      const holder = await findExperimentByName(tx, tenant, name)
      if (holder !== undefined && holder.experiment !== row.experiment) {
        throw renamedToTaken(`The name '${name}' belongs to experiment ${holder.experiment}.`)
      }
      await updateExperimentRow(tx, tenant, experiment, { name, updated: now() })
    }
    return { body: {}, revision: row.revision }
  })
})

export const deleteExperiment = handle(contract.deleteExperiment, async (context, { experiment_id, is_permanent }) => {
  const { db, dialect, tenant, now } = context
  const experiment = experimentNumber(experiment_id, tenant)
  const change = { experiment, deleted: 1, at: now() } as const
  let place: Awaited<ReturnType<typeof beginStageChange>>
  const answer = await db.write(tenant, async (tx) => {
    place = undefined
    if (is_permanent) {
      const revision = await removeExperiment(tx, tenant, experiment, experiment_id, now())
      return { body: {}, revision }
    }
    const known = await findExperiment(tx, tenant, experiment)
    if (dialect === 'aidp' && known?.deleted) return untouched(tx, known)
    const row = await lockExperiment(tx, tenant, experiment, experiment_id)
    if (row.deleted) throw experimentNotFound(experiment_id)
    await updateExperimentRow(tx, tenant, experiment, { deleted: 1, updated: change.at })
    place = await beginStageChange(tx, tenant, change)
    return { body: {}, revision: row.revision }
  })
  if (place !== undefined) await finishStageChange(db, tenant, change, place)
  return answer
})

export const restoreExperiment = handle(contract.restoreExperiment, async (context, { experiment_id }) => {
  const { db, dialect, tenant, now } = context
  const experiment = experimentNumber(experiment_id, tenant)
  const change = { experiment, deleted: 0, at: now() } as const
  let place: Awaited<ReturnType<typeof beginStageChange>>
  const answer = await db.write(tenant, async (tx) => {
    place = undefined
    const known = await findExperiment(tx, tenant, experiment)
    if (dialect === 'aidp' && known?.deleted === 0) return untouched(tx, known)
    const row = await lockExperiment(tx, tenant, experiment, experiment_id)
    if (!row.deleted) throw experimentNotFound(experiment_id)
    await updateExperimentRow(tx, tenant, experiment, { deleted: 0, updated: change.at })
    place = await beginStageChange(tx, tenant, change)
    return { body: {}, revision: row.revision }
  })
  if (place !== undefined) await finishStageChange(db, tenant, change, place)
  return answer
})

/** AIDP: deleting or restoring once more changes nothing (D30). */
function untouched(tx: Tx, { revision }: ExperimentRow) {
  checkRevision(tx, revision)
  return { body: {}, revision }
}

export const setExperimentTag = handle(contract.setExperimentTag, async ({ db, tenant }, request) => {
  const experiment = experimentNumber(request.experiment_id, tenant)
  const tag = checkExperimentTag(request.key, request.value)
  return db.write(tenant, async (tx) => {
    const row = await lockActiveExperiment(tx, tenant, experiment, request.experiment_id)
    if (tag.key.startsWith(customViewTagPrefix)) {
      const others = await countOtherTags(tx, tenant, experiment, customViewTagPrefix, tag.key)
      if (others >= customViewLimit) throw tooManyViews(request.experiment_id)
    }
    await upsertExperimentTag(tx, tenant, experiment, tag)
    return { body: {}, revision: row.revision }
  })
})

export const deleteExperimentTag = handle(contract.deleteExperimentTag, async ({ db, dialect, tenant }, request) => {
  const experiment = experimentNumber(request.experiment_id, tenant)
  return db.write(tenant, async (tx) => {
    const row = await lockActiveExperiment(tx, tenant, experiment, request.experiment_id)
    const removed = await removeExperimentTag(tx, tenant, experiment, request.key)
    if (!removed && dialect === 'mlflow') {
      throw notFound(`No tag with name: ${request.key} in experiment with id ${request.experiment_id}`)
    }
    return { body: {}, revision: row.revision }
  })
})

/** All tags or none; a key to remove that is not there does no harm (D41). */
export const updateExperimentTags = handle(contract.updateExperimentTags, async ({ db, tenant }, request) => {
  const experiment = experimentNumber(request.experiment_id, tenant)
  const tags = request.set_tags.map(({ key, value }) => checkExperimentTag(key, value))
  const removed = request.delete_tags.map(({ key = '' }) => key)
  refuseKeysNamedTwice(tags, removed)
  return db.write(tenant, async (tx) => {
    const row = await lockActiveExperiment(tx, tenant, experiment, request.experiment_id)
    for (const tag of tags) await upsertExperimentTag(tx, tenant, experiment, tag)
    for (const key of removed) await removeExperimentTag(tx, tenant, experiment, key)
    await refuseManyViews(tx, tenant, experiment, request.experiment_id)
    return { body: {}, revision: row.revision }
  })
})

async function refuseManyViews(tx: Tx, tenant: Tenant, experiment: Int64, experimentId: string): Promise<void> {
  const views = await countOtherTags(tx, tenant, experiment, customViewTagPrefix, '')
  if (views > customViewLimit) throw tooManyViews(experimentId)
}

function tooManyViews(experimentId: string): Error {
  return invalidParameter(
    `Unable to create another custom view for experiment ${experimentId}; ` +
      `the maximum number of custom views per experiment is ${customViewLimit}. ` +
      'Delete an existing custom view before creating a new one.',
    { field: 'key' },
  )
}
