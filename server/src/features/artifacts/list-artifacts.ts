import { type Context, handle } from '../../context/context.ts'
import type { Output } from '../../contract/wire.ts'
import { findLoggedModel } from '../logged-models/logged-model-store.ts'
import { requireRun } from '../runs/run-store.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey, joinPaths, pathBelowUri } from './artifact-location.ts'
import { checkArtifactPath } from './artifact-path-rules.ts'

type Files = NonNullable<Output<typeof contract.listArtifacts.reply>['files']>

export const listArtifacts = handle(contract.listArtifacts, async (context, { run_id, path: given = '' }) => {
  const path = checkArtifactPath(given)
  const { artifact_uri } = await requireRun(context.db.lookup, context.tenant, run_id)
  const files = await filesIn(context, pathBelowUri(artifact_uri, path), path)
  return { body: { root_uri: artifact_uri, files } }
})

export const listLoggedModelArtifacts = handle(contract.listLoggedModelArtifacts, async (context, request) => {
  const path = checkArtifactPath(request.artifact_directory_path ?? '')
  const { artifact_location } = await findLoggedModel(context.db.lookup, context.tenant, request.model_id)
  const files = await filesIn(context, pathBelowUri(artifact_location, path), path)
  return { body: { root_uri: artifact_location, files } }
})

export const listProxiedArtifacts = handle(contract.listProxiedArtifacts, async (context, { path = '' }) => ({
  body: { files: await filesIn(context, checkArtifactPath(path), '') },
}))

/**
 * @param folder in the tenant's part of the store
 * @param shownBelow what the names are put behind
 */
async function filesIn({ blobs, tenant }: Context, folder: string, shownBelow: string): Promise<Files> {
  const { entries } = await blobs.list(artifactKey(tenant, folder))
  return entries.map(({ name, isDirectory, size }) => {
    const path = joinPaths(shownBelow, name)
    return size === 0 ? { path, is_dir: isDirectory } : { path, is_dir: isDirectory, file_size: size }
  })
}
