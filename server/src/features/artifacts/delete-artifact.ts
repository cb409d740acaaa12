import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey } from './artifact-location.ts'
import { checkArtifactPath, normalArtifactPath } from './artifact-path-rules.ts'

export const deleteArtifact = handle(contract.deleteArtifact, async ({ blobs, tenant }, { artifact_path = '' }) => {
  const path = normalArtifactPath(checkArtifactPath(artifact_path))
  if (path === '') throw invalidParameter('Artifact path must name a file or folder.', { field: 'artifact_path' })
  await blobs.remove(artifactKey(tenant, path))
  return { body: {} }
})
