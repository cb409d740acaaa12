import type { Asked } from '../../context/guard.ts'
import { AppError } from '../../errors/app-error.ts'
import { experimentNotFound, notFound, runNotFound, workspaceNotFound } from '../../errors/errors.ts'
import { modelNotFound } from '../registered-models/registered-model-rules.ts'
import { defaultPlatformId, defaultWorkspaceKey } from '../workspaces/workspace-store.ts'

/**
 * The error for something that a caller may not see, in the words of the one for something that is not there. Nobody learns
 * from it whether the object exists: the decision was made without looking.
 *
 * @returns undefined when the request names no object
 */
export function absentObject({ endpoint, input, mountIds }: Asked): AppError | undefined {
  const text = (...names: string[]) =>
    names.map((name) => input[name]).find((value): value is string => typeof value === 'string' && value !== '')
  if (endpoint.permission.startsWith('model.')) return absentModel(text('name', 'registeredModelKey'), text('version'))
  const run = text('run_id', 'run_uuid')
  if (run !== undefined) return runNotFound(run)
  const experiment = text('experiment_id')
  if (experiment !== undefined) return experimentNotFound(experiment)
  const experimentName = text('experiment_name')
  if (experimentName !== undefined) return notFound(`Could not find experiment with name '${experimentName}'`)
  const loggedModel = text('model_id')
  if (loggedModel !== undefined) return notFound(`Logged model with ID '${loggedModel}' not found.`)
  const path = text('artifact_path')
  if (path !== undefined) return new AppError('not-found', `No such artifact: '${path}'`, { spelling: 'compact' })
  return mountIds.platformId === undefined ? undefined : absentMount(mountIds)
}

/** For a workspace or platform that a caller may not see, as for one that does not exist. */
export function absentMount({
  platformId = defaultPlatformId,
  workspaceKey = defaultWorkspaceKey,
}: Asked['mountIds']): AppError {
  return workspaceNotFound(workspaceKey, platformId)
}

function absentModel(name = '', version?: string): AppError {
  return version === undefined
    ? modelNotFound(name)
    : notFound(`Model Version (name=${name}, version=${version}) not found`)
}
