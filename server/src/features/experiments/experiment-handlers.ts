import type { Handler } from '../../context/context.ts'
import {
  deleteExperiment,
  deleteExperimentTag,
  restoreExperiment,
  setExperimentTag,
  updateExperiment,
} from './change-experiment.ts'
import { createExperiment } from './create-experiment.ts'
import { getExperiment, getExperimentByName } from './read-experiment.ts'

export const experimentHandlers: readonly Handler[] = [
  createExperiment,
  getExperiment,
  getExperimentByName,
  updateExperiment,
  deleteExperiment,
  restoreExperiment,
  setExperimentTag,
  deleteExperimentTag,
]
