import type { AnyEndpoint } from '../../contract/endpoint.ts'

/** What a training process sends by the million: such calls are counted, not listed one by one. */
const logging = new Set([
  'logExperimentRunMetric',
  'logExperimentRunParam',
  'logExperimentRunBatch',
  'logExperimentRunModel',
  'logExperimentRunInputs',
  'logRunOutputs',
  'setExperimentRunTag',
  'logLoggedModelParams',
  'setLoggedModelTags',
  'uploadArtifact',
  'uploadRunArtifact',
  'createMultipartUpload',
  'completeMultipartUpload',
  'createPresignedUploadUrl',
])

/** Whether calls are counted by caller, target and minute instead of written one by one. */
export function isLogging(operation: string): boolean {
  return logging.has(operation)
}

/** What a training process does once or twice for each run: rows of their own, which nobody waits for. */
const training = new Set(['createExperimentRun', 'updateExperimentRun', 'createLoggedModel', 'finalizeLoggedModel'])

/** Whether the row may be written a little after the answer. */
export function isTraining(operation: string): boolean {
  return training.has(operation)
}

/** Whether doing it changes something that the log has to tell of. */
export function isChange({ permission, routes }: AnyEndpoint): boolean {
  return permission !== 'public' && !permission.endsWith('.read') && routes.some(({ method }) => method !== 'GET')
}

/** Whether changes are written by transactions of the platform, to which their rows belong as well. */
export function isOfRegistry({ permission }: AnyEndpoint): boolean {
  return permission.startsWith('model.') || permission.startsWith('registry.')
}

type Fields = Readonly<Record<string, unknown>>

/** Longest target that is kept, in UTF-16 units. */
const longestTarget = 500

/**
 * What a request is about, such as `run:<id>`; empty where nothing is named.
 *
 * @param answer JSON of the answer: of what was created, the id is there
 */
export function targetOf(
  endpoint: AnyEndpoint,
  input: Fields,
  workspaceKey: string | undefined,
  answer?: string,
): string {
  const target = namedTarget(endpoint, input, workspaceKey)
  const created = endpoint.id.startsWith('create') && !isOfRegistry(endpoint) ? createdIn(answer) : undefined
  return (created ?? target ?? '').slice(0, longestTarget)
}

function namedTarget(endpoint: AnyEndpoint, input: Fields, workspaceKey: string | undefined): string | undefined {
  if (isOfRegistry(endpoint)) {
    const [name, version] = [text(input, 'name', 'registeredModelKey'), text(input, 'version')]
    return labelled('model', version === undefined ? name : `${name}/${version}`)
  }
  return (
    labelled('run', text(input, 'run_id', 'run_uuid')) ??
    labelled('logged-model', text(input, 'model_id', 'path_model_id')) ??
    labelled('experiment', text(input, 'experiment_id')) ??
    labelled('artifact', artifactTarget(endpoint.id, text(input, 'artifact_path'))) ??
    ownId(input) ??
    labelled('workspace', workspaceKey) ??
    labelled('name', text(input, 'name', 'displayName', 'display_name'))
  )
}

/** The first of some fields that holds a text. */
function text(input: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = input[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

function labelled(label: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${label}:${value}`
}

/** Uploads are counted by run: a model has hundreds of files. */
function artifactTarget(operation: string, path: string | undefined): string | undefined {
  return isLogging(operation) ? path?.split('/artifacts', 1)[0] : path
}

/** The first field that holds an id or key, such as `user_id`. */
function ownId(input: Fields): string | undefined {
  for (const [name, value] of Object.entries(input)) {
    if (typeof value !== 'string' || value === '' || name === 'workspaceKey') continue
    const [, noun] = /^(\w+?)_?(?:id|Id|key|Key)$/.exec(name) ?? []
    if (noun !== undefined) return `${noun}:${value}`
  }
  return undefined
}

const createdIds: readonly (readonly [RegExp, string])[] = [
  [/"run_id"\s*:\s*"([^"\\]+)"/, 'run'],
  [/"model_id"\s*:\s*"([^"\\]+)"/, 'logged-model'],
  [/^\s*\{\s*"experiment_id"\s*:\s*"([^"\\]+)"/, 'experiment'],
  [/^\s*\{\s*"key"\s*:\s*"([^"\\]+)"/, 'workspace'],
]

function createdIn(answer = ''): string | undefined {
  for (const [pattern, label] of createdIds) {
    const id = pattern.exec(answer)?.[1]
    if (id !== undefined) return `${label}:${id}`
  }
  return undefined
}
