import { internalError, invalidParameter } from '../../errors/errors.ts'
import { parsePythonJson, toPythonJson } from '../../lib/python-json.ts'

/** The tag in which clients before MLflow 3 keep the models of a run, as a JSON list. */
export const modelHistoryTag = 'mlflow.log-model.history'

const requiredFields = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'] as const

type Json = Record<string, unknown>

/**
 * What of an MLmodel document goes into the history (MLflow 3.17.0): ids, path and time, and the flavors without their
 * `config`.
 *
 * @param text the document as JSON
 * @param now epoch ms, for a document without a time
 * @throws AppError `invalid-parameter`
 */
export function historyEntry(text: string, now: number): Json {
  const model = parseModel(text)
  const missing = requiredFields.filter((field) => !Object.hasOwn(model, field))
  if (missing.length > 0) {
    const names = missing.map((field) => `'${field}'`).join(', ')
    throw invalidParameter(`Model json is missing mandatory fields: {${names}}`, { field: 'model_json' })
  }
  const { run_id, artifact_path, utc_time_created, model_uuid = null } = model
  return {
    ...(run_id === null ? {} : { run_id }),
    ...(artifact_path === null ? {} : { artifact_path }),
    utc_time_created: textOf(utc_time_created) || pythonUtcTime(now),
    model_uuid,
    flavors: withoutConfigs(model['flavors']),
  }
}

/** What of an MLmodel document goes into a logged model. */
export interface LoggedModelFields {
  /** Absent when the document names none. */
  readonly modelId?: string
  readonly artifactPath: string
  readonly name: string
}

/**
 * What a logged model is made from; to be called for a document that `historyEntry` has accepted.
 *
 * @throws AppError `invalid-parameter`
 */
export function loggedModelFields(text: string): LoggedModelFields {
  const { model_id, name, artifact_path } = parseModel(text)
  const artifactPath = textOf(artifact_path)
  const given = typeof name === 'string' && name !== '' ? name : artifactPath
  return {
    ...(typeof model_id === 'string' && model_id !== '' ? { modelId: model_id } : {}),
    artifactPath,
    // Names of logged models have none of these characters.
    name: given.replaceAll(/[/:.%"']/g, '_') || 'model',
  }
}

/**
 * The history with one more entry, as MLflow writes it.
 *
 * @param history value of the tag; undefined when there is none yet
 * @throws AppError `internal-refusal` when somebody has put something else than a list into the tag (MLflow: INTERNAL_ERROR)
 */
export function addToHistory(history: string | undefined, entry: Json): string {
  if (history === undefined) return toPythonJson([entry])
  let entries: unknown
  try {
    entries = parsePythonJson(history)
  } catch {
    entries = undefined
  }
  if (!Array.isArray(entries)) throw internalError(`The tag ${modelHistoryTag} of the run is not a JSON list.`)
  return toPythonJson([...entries, entry])
}

function parseModel(text: string): Json {
  let model: unknown
  try {
    model = parsePythonJson(text)
  } catch {
    throw invalidParameter(`Malformed model info. \n ${text} \n is not a valid JSON.`, { field: 'model_json' })
  }
  if (isObject(model)) return model
  throw invalidParameter(`Malformed model info. \n ${text} \n is not a JSON object.`, { field: 'model_json' })
}

function withoutConfigs(flavors: unknown): Json {
  if (flavors === null) return {}
  if (!isObject(flavors)) {
    throw invalidParameter("Malformed model info: 'flavors' must be an object.", { field: 'model_json' })
  }
  return Object.fromEntries(
    Object.entries(flavors).map(([name, flavor]) => {
      if (!isObject(flavor)) return [name, flavor]
      return [name, Object.fromEntries(Object.entries(flavor).filter(([key]) => key !== 'config'))]
    }),
  )
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '' : toPythonJson(value)
}

/** As Python prints a UTC time without a zone: `2026-11-24 20:19:27.475000`. */
function pythonUtcTime(now: number): string {
  return new Date(now).toISOString().replace('T', ' ').replace('Z', '000')
}
