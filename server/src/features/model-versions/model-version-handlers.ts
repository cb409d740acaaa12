import type { Handler } from '../../context/context.ts'
import { deleteModelVersion, transitionModelVersionStage, updateModelVersion } from './change-model-version.ts'
import { deleteModelVersionTag, setModelVersionTag, updateModelVersionTags } from './change-model-version-tags.ts'
import { createModelVersion } from './create-model-version.ts'
import { getModelVersionArtifact } from './download-model-version-artifact.ts'
import { getModelVersion, getModelVersionDownloadUri } from './read-model-version.ts'
import { searchModelVersions } from './search-model-versions.ts'

export const modelVersionHandlers: readonly Handler[] = [
  createModelVersion,
  getModelVersion,
  updateModelVersion,
  transitionModelVersionStage,
  deleteModelVersion,
  searchModelVersions,
  setModelVersionTag,
  deleteModelVersionTag,
  updateModelVersionTags,
  getModelVersionDownloadUri,
  getModelVersionArtifact,
]
