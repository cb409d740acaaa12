import type { Handler } from '../../context/context.ts'
import { deleteRun, restoreRun } from './change-run-stage.ts'
import { deleteTag, setTag, updateRunTags } from './change-run-tags.ts'
import { createRun } from './create-run.ts'
import { getRun } from './get-run.ts'
import { logBatch } from './log-batch.ts'
import { logInputs, logOutputs } from './log-inputs.ts'
import { logMetric } from './log-metric.ts'
import { logModel } from './log-model.ts'
import { logParameter } from './log-parameter.ts'
import { searchRuns } from './search-runs.ts'
import { updateRun } from './update-run.ts'

export const runHandlers: readonly Handler[] = [
  createRun,
  getRun,
  searchRuns,
  updateRun,
  deleteRun,
  restoreRun,
  setTag,
  deleteTag,
  updateRunTags,
  logMetric,
  logParameter,
  logBatch,
  logModel,
  logInputs,
  logOutputs,
]
