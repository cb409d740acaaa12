import { handle } from '../../context/context.ts'
import { badRequest, experimentNotFound, invalidParameter, invalidState, notFound } from '../../errors/errors.ts'
import * as contract from './experiment-contract.ts'
import {
  checkExperimentName,
  checkExperimentTag,
  customViewLimit,
  customViewTagPrefix,
  experimentNumber,
} from './experiment-rules.ts'
import {
  countOtherTags,
  findExperimentByName,
  lockActiveExperiment,
  lockExperiment,
  removeExperimentTag,
  setStageOfRuns,
  updateExperimentRow,
  upsertExperimentTag,
} from './experiment-store.ts'

export const updateExperiment = handle(contract.updateExperiment, async ({ db, tenant, now }, request) => {
  const experiment = experimentNumber(request.experiment_id)
  checkExperimentName(request.new_name)
  return db.write(tenant, async (tx) => {
    const row = await lockExperiment(tx, tenant, experiment, request.experiment_id)
    if (row.deleted) throw invalidState('Cannot rename a non-active experiment.')
    const holder = await findExperimentByName(tx, tenant, request.new_name)
    if (holder !== undefined && holder.experiment !== row.experiment) {
      throw badRequest(`The name '${request.new_name}' belongs to experiment ${holder.experiment}.`, {
        field: 'new_name',
      })
    }
    await updateExperimentRow(tx, tenant, experiment, { name: request.new_name, updated: now() })
    return { body: {}, revision: row.revision }
  })
})

export const deleteExperiment = handle(contract.deleteExperiment, async ({ db, tenant, now }, { experiment_id }) => {
  const experiment = experimentNumber(experiment_id)
  return db.write(tenant, async (tx) => {
    const row = await lockExperiment(tx, tenant, experiment, experiment_id)
    if (row.deleted) throw experimentNotFound(experiment_id)
    const at = now()
    await updateExperimentRow(tx, tenant, experiment, { deleted: 1, updated: at })
    await setStageOfRuns(tx, tenant, experiment, at)
    return { body: {}, revision: row.revision }
  })
})

export const restoreExperiment = handle(contract.restoreExperiment, async ({ db, tenant, now }, { experiment_id }) => {
  const experiment = experimentNumber(experiment_id)
  return db.write(tenant, async (tx) => {
    const row = await lockExperiment(tx, tenant, experiment, experiment_id)
    if (!row.deleted) throw experimentNotFound(experiment_id)
    await updateExperimentRow(tx, tenant, experiment, { deleted: 0, updated: now() })
    await setStageOfRuns(tx, tenant, experiment, null)
    return { body: {}, revision: row.revision }
  })
})

export const setExperimentTag = handle(contract.setExperimentTag, async ({ db, tenant }, request) => {
  const experiment = experimentNumber(request.experiment_id)
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

export const deleteExperimentTag = handle(contract.deleteExperimentTag, async ({ db, tenant }, request) => {
  const experiment = experimentNumber(request.experiment_id)
  return db.write(tenant, async (tx) => {
    const row = await lockActiveExperiment(tx, tenant, experiment, request.experiment_id)
    if (!(await removeExperimentTag(tx, tenant, experiment, request.key))) {
      throw notFound(`No tag with name: ${request.key} in experiment with id ${request.experiment_id}`)
    }
    return { body: {}, revision: row.revision }
  })
})

function tooManyViews(experimentId: string): Error {
  return invalidParameter(
    `Unable to create another custom view for experiment ${experimentId}; ` +
      `the maximum number of custom views per experiment is ${customViewLimit}. ` +
      'Delete an existing custom view before creating a new one.',
    { field: 'key' },
  )
}
