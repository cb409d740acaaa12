import type { Handler } from '../../context/context.ts'
import { deleteRegisteredModel, renameRegisteredModel, updateRegisteredModel } from './change-registered-model.ts'
import {
  deleteRegisteredModelTag,
  setRegisteredModelTag,
  updateRegisteredModelTags,
} from './change-registered-model-tags.ts'
import { createRegisteredModel } from './create-registered-model.ts'
import { deleteRegisteredModelAlias, getModelVersionByAlias, setRegisteredModelAlias } from './model-aliases.ts'
import { getLatestVersions, getRegisteredModel } from './read-registered-model.ts'
import { searchRegisteredModels } from './search-registered-models.ts'

export const registeredModelHandlers: readonly Handler[] = [
  createRegisteredModel,
  getRegisteredModel,
  searchRegisteredModels,
  updateRegisteredModel,
  renameRegisteredModel,
  deleteRegisteredModel,
  getLatestVersions,
  setRegisteredModelTag,
  deleteRegisteredModelTag,
  updateRegisteredModelTags,
  setRegisteredModelAlias,
  deleteRegisteredModelAlias,
  getModelVersionByAlias,
]
