import type { Handler } from '../../context/context.ts'
import {
  deleteExperiment,
  deleteExperimentTag,
  restoreExperiment,
  setExperimentTag,
  updateExperiment,
  updateExperimentTags,
} from './change-experiment.ts'
import { createExperiment } from './create-experiment.ts'
import { getExperiment, getExperimentByName } from './read-experiment.ts'
import { searchExperiments } from './search-experiments.ts'

export const experimentHandlers: readonly Handler[] = [
  createExperiment,
  getExperiment,
  getExperimentByName,
  searchExperiments,
  updateExperiment,
  deleteExperiment,
  restoreExperiment,
  setExperimentTag,
  deleteExperimentTag,
  updateExperimentTags,
]
