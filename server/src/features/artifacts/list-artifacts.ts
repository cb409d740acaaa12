import { type Context, handle } from '../../context/context.ts'
import type { Output } from '../../contract/wire.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { findLoggedModel } from '../logged-models/logged-model-store.ts'
import { artifactPlace } from '../model-versions/version-files.ts'
import { requireRun } from '../runs/run-store.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey, joinPaths, pathBelowUri } from './artifact-location.ts'
import { checkArtifactPath } from './artifact-path-rules.ts'

type Files = NonNullable<Output<typeof contract.listArtifacts.reply>['files']>

/** Files of a page in AIDP's dialect (D22). */
const pageSize = 1000

export const listArtifacts = handle(contract.listArtifacts, async (context, request) => {
  const { run_id, path: given = '' } = request
  const path = checkArtifactPath(given)
  const { artifact_uri } = await requireRun(context.db.lookup, context.tenant, run_id)
  const folder = pathBelowUri(artifact_uri, path)
  if (context.dialect === 'mlflow')
    return { body: { root_uri: artifact_uri, files: await filesIn(context, folder, path) } }
  const query = ['artifacts', run_id, path]
  const [after] = decodePageToken(request.page_token, query, ['text']) ?? []
  const page = await context.blobs.list(artifactKey(context.tenant, folder), {
    limit: pageSize,
    ...(after === undefined ? {} : { after: String(after) }),
  })
  const files = page.entries.map(({ name, isDirectory, size }) => {
    const shown = { path: joinPaths(path, name), is_dir: isDirectory }
    return isDirectory ? shown : { ...shown, file_size: size }
  })
  const next = page.next === undefined ? undefined : encodePageToken(query, [page.next])
  return { body: { root_uri: artifact_uri, files, next_page_token: next } }
})

export const listLoggedModelArtifacts = handle(contract.listLoggedModelArtifacts, async (context, request) => {
  const path = checkArtifactPath(request.artifact_directory_path ?? '')
  const { artifact_location } = await findLoggedModel(context.db.lookup, context.tenant, request.model_id)
  const files = await filesIn(context, pathBelowUri(artifact_location, path), path)
  return { body: { root_uri: artifact_location, files } }
})

export const listProxiedArtifacts = handle(contract.listProxiedArtifacts, async (context, { path = '' }) => {
  const place = await artifactPlace(context, checkArtifactPath(path))
  return { body: { files: await filesIn({ blobs: context.blobs, tenant: place.tenant }, place.path, '') } }
})

/**
 * @param folder in the tenant's part of the store
 * @param shownBelow what the names are put behind
 */
async function filesIn(
  { blobs, tenant }: Pick<Context, 'blobs' | 'tenant'>,
  folder: string,
  shownBelow: string,
): Promise<Files> {
  const { entries } = await blobs.list(artifactKey(tenant, folder))
  return entries.map(({ name, isDirectory, size }) => {
    const path = joinPaths(shownBelow, name)
    return size === 0 ? { path, is_dir: isDirectory } : { path, is_dir: isDirectory, file_size: size }
  })
}
