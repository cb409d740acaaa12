import { handle } from '../../context/context.ts'
import { alreadyExists } from '../../errors/errors.ts'
import { checkArtifactLocation } from '../artifacts/artifact-location.ts'
import * as contract from './experiment-contract.ts'
import { checkExperimentName, checkExperimentTag, experimentNameTaken } from './experiment-rules.ts'
import { findExperimentByName, insertExperiment, type TagRow, takeExperimentNumber } from './experiment-store.ts'

export const createExperiment = handle(contract.createExperiment, async ({ db, tenant, now }, request) => {
  checkExperimentName(request.name)
  const tags = request.tags.map(({ key, value }) => checkExperimentTag(key, value))
  const location = request.artifact_location ? checkArtifactLocation(request.artifact_location) : undefined
  return db.write(tenant, async (tx) => {
    if (await findExperimentByName(tx, tenant, request.name)) throw experimentNameTaken(request.name)
    refuseRepeatedTag(request.name, tags)
    const number = await takeExperimentNumber(tx, tenant)
    const at = now()
    await insertExperiment(
      tx,
      {
        tenant,
        experiment: number,
        name: request.name,
        artifact_location: location ?? `mlflow-artifacts:/${number}`,
        deleted: 0,
        created: at,
        updated: at,
        next_key: 1,
        revision: 1,
      },
      tags,
    )
    return { body: { experiment_id: String(number) }, revision: 1 }
  })
})

/** MLflow reports the same tag given twice as an experiment that exists already. */
function refuseRepeatedTag(name: string, tags: readonly TagRow[]): void {
  const keys = new Set(tags.map((tag) => tag.key))
  if (keys.size === tags.length) return
  const repeated = tags.find((tag, index) => tags.findIndex((other) => other.key === tag.key) !== index)
  throw alreadyExists(`Experiment(name=${name}) already exists. Error: the tag '${repeated?.key}' is given twice.`)
}
