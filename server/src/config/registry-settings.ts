import { type LinearPattern, linearPattern } from '../lib/linear-pattern.ts'
import { SettingError } from './setting-error.ts'
import type { Setting } from './setting-kinds.ts'

/** @throws SettingError for what is no pattern */
export function sourcePattern(value: string): LinearPattern {
  try {
    return linearPattern(value)
  } catch (error) {
    if (error instanceof RangeError) throw new SettingError(`must be a regular expression; this one ${error.message}`)
    throw error
  }
}

/** MLflow's name for the pattern of sources; there it may match any part of a source. */
export const mlflowSourcePattern = 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX'

/** What may be registered. */
export const registrySettings = {
  modelSourcePattern: {
    flag: 'model-source-pattern',
    placeholder: 'PATTERN',
    help: 'Regular expression that the whole source of a new model version must match, such as s3://models/.*',
    defaultText: `${mlflowSourcePattern}, else any source`,
    read: sourcePattern,
  },
} as const satisfies Record<string, Setting<unknown>>
