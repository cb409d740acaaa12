import type { Handler } from '../../context/context.ts'
import {
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  logLoggedModelParams,
  setLoggedModelTags,
} from './change-logged-model.ts'
import { createLoggedModel } from './create-logged-model.ts'
import { getLoggedModel } from './read-logged-model.ts'
import { searchLoggedModels } from './search-logged-models.ts'

export const loggedModelHandlers: readonly Handler[] = [
  createLoggedModel,
  getLoggedModel,
  finalizeLoggedModel,
  deleteLoggedModel,
  setLoggedModelTags,
  deleteLoggedModelTag,
  logLoggedModelParams,
  searchLoggedModels,
]
