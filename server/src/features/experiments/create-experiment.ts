import { type Context, handle } from '../../context/context.ts'
import type { Dialect } from '../../contract/endpoint.ts'
import { alreadyExists, invalidParameter } from '../../errors/errors.ts'
import { toInt64 } from '../../lib/int64.ts'
import { checkArtifactLocation, keptLocation } from '../artifacts/artifact-location.ts'
import * as contract from './experiment-contract.ts'
import { defaultArtifactLocation } from './experiment-public.ts'
import { checkExperimentName, checkExperimentTag, experimentNameTaken } from './experiment-rules.ts'
import {
  findExperiment,
  findExperimentByName,
  insertExperiment,
  type TagRow,
  takeExperimentNumber,
} from './experiment-store.ts'

export const createExperiment = handle(
  contract.createExperiment,
  async (context, request) => {
    const { db, tenant, now, workspaceKey } = context
    checkExperimentName(request.name)
    const tags = request.tags.map(({ key, value }) => checkExperimentTag(key, value))
    const location = request.artifact_location
      ? keptLocation(context.blobs, checkArtifactLocation(request.artifact_location))
      : undefined
    return db.write(tenant, async (tx) => {
      if (await findExperimentByName(tx, tenant, request.name)) throw experimentNameTaken(request.name)
      refuseRepeatedTag(context.dialect, request.name, tags)
      const number = await takeExperimentNumber(tx, tenant)
      const at = now()
      await insertExperiment(
        tx,
        {
          tenant,
          experiment: number,
          name: request.name,
          artifact_location: location ?? defaultArtifactLocation(workspaceKey, number),
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
  },
  isActive,
)

/** Whether an experiment that an answer tells of is there and not deleted. */
async function isActive(
  { db, tenant }: Context,
  { experiment_id }: { experiment_id?: string | undefined },
): Promise<boolean> {
  const row = await findExperiment(db.lookup, tenant, toInt64(experiment_id ?? '0'))
  return row?.deleted === 0
}

/** MLflow reports the same tag given twice as an experiment that exists already. */
function refuseRepeatedTag(dialect: Dialect, name: string, tags: readonly TagRow[]): void {
  const keys = new Set(tags.map((tag) => tag.key))
  if (keys.size === tags.length) return
  const repeated = tags.find((tag, index) => tags.findIndex((other) => other.key === tag.key) !== index)
  if (dialect === 'aidp') throw invalidParameter(`The tag '${repeated?.key}' is given twice.`, { field: 'tags' })
  throw alreadyExists(`Experiment(name=${name}) already exists. Error: the tag '${repeated?.key}' is given twice.`)
}
