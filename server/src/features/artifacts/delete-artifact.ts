import { handle } from '../../context/context.ts'
import { AppError } from '../../errors/app-error.ts'
import * as contract from './artifact-contract.ts'
import { artifactKey } from './artifact-location.ts'
import { checkArtifactPath, normalArtifactPath } from './artifact-path-rules.ts'

export const deleteArtifact = handle(contract.deleteArtifact, async ({ blobs, tenant }, { artifact_path = '' }) => {
  const path = normalArtifactPath(checkArtifactPath(artifact_path))
  // MLflow has no route without a path: nobody removes everything by leaving it out.
  if (path === '') throw new AppError('route-not-found', 'No artifact path is given.')
  await blobs.remove(artifactKey(tenant, path))
  return { body: {} }
})
