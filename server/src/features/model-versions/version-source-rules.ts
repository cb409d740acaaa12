import { posix } from 'node:path'
import { internalError, invalidParameter } from '../../errors/errors.ts'
import type { LinearPattern } from '../../lib/linear-pattern.ts'
import { splitUri } from '../../lib/uri-parts.ts'

/** Sources that clients give to versions of prompts, which have no files. */
const promptSources = new Set(['prompt-template', 'dummy-source'])

/** What a `models:/…` source names. */
export type ModelsUri =
  | { readonly kind: 'logged-model'; readonly modelId: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: number }
  | { readonly kind: 'stage'; readonly name: string; readonly stage: string }
  | { readonly kind: 'latest'; readonly name: string }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }

/** Where the files must be that a source names. `run` and `model` ask that the source lies below their artifacts. */
export type SourceDemand = 'nothing' | 'inside-artifacts' | 'inside-local-artifacts'

/** @throws AppError `invalid-parameter` */
export function checkPromptSource(source: string): void {
  if (promptSources.has(source)) return
  throw invalidParameter(`Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`, {
    field: 'source',
  })
}

/**
 * What the operator allows, beside what holds for every source. Unlike MLflow the whole source must match, not a part of it.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkSourcePattern(source: string, pattern: LinearPattern | undefined): void {
  if (pattern === undefined || pattern.matches(source)) return
  throw invalidParameter(`Invalid model version source: '${source}'.`, { field: 'source' })
}

/**
 * What MLflow 3.17.0 asks of a source by its form alone, and what remains to be asked of the run or logged model.
 *
 * @param owner what the files belong to: the logged model if the request names one, else the run
 * @param ownerId empty where none is given
 * @throws AppError `invalid-parameter`; MLflow's INTERNAL_ERROR for a `file:` URI with a host
 */
export function checkSourceForm(source: string, owner: 'run_id' | 'model_id', ownerId: string): SourceDemand {
  if (isLocalSource(source)) {
    if (ownerId === '') throw localSourceOutside(source, owner)
    return 'inside-local-artifacts'
  }
  refuseRelativeParts(source)
  const { scheme, authority } = splitUri(source)
  if (scheme === 'runs') {
    const named = authority === '' ? runsUriRunId(source) : undefined
    if (owner !== 'run_id' || named === undefined || named !== ownerId) throw sourceOutside(source, owner)
    return 'nothing'
  }
  if (scheme === 'models') {
    const uri = authority === '' ? parseModelsUri(source) : undefined
    if (uri === undefined) throw sourceOutside(source, 'model_id')
    if (uri.kind === 'logged-model' && (owner !== 'model_id' || uri.modelId !== ownerId)) {
      throw sourceOutside(source, 'model_id')
    }
    return 'nothing'
  }
  if (!isProxiedSource(source)) return 'nothing'
  if (ownerId === '') throw sourceOutside(source, owner)
  return 'inside-artifacts'
}

/** Whether a source lies at or below an artifact URI: same scheme and host, and the names of its path first. */
export function isWithin(source: string, root: string): boolean {
  const [inner, outer] = [normalParts(source), normalParts(root)]
  return (
    inner.scheme === outer.scheme &&
    inner.authority === outer.authority &&
    outer.names.length > 0 &&
    outer.names.every((name, index) => inner.names[index] === name)
  )
}

/** Whether a local source lies at or below an artifact URI that is local too. Paths are compared as they are written. */
export function isWithinLocal(source: string, root: string): boolean {
  if (!isLocalSource(root)) return false
  const [inner, outer] = [localPath(source), localPath(root)]
  return inner === outer || inner.startsWith(outer === '/' ? outer : `${outer}/`)
}

export function sourceOutside(source: string, owner: 'run_id' | 'model_id'): Error {
  return invalidSource(source, `The ${owner} request parameter must identify the resource that contains the source.`)
}

export function localSourceOutside(source: string, owner: 'run_id' | 'model_id'): Error {
  return invalidSource(
    source,
    `To use a local path as a model version source, the ${owner} request parameter has to be specified and the local ` +
      `path has to be contained within the artifact directory of the run specified by the ${owner}.`,
  )
}

export function invalidSource(source: string, rule: string): Error {
  return invalidParameter(`Invalid model version source: '${source}'. ${rule}`, { field: 'source' })
}

/** The run and the path in `runs:/<run id>/<path>`; undefined for another form. */
export function parseRunsUri(uri: string): { readonly runId: string; readonly path: string } | undefined {
  const { scheme, authority, path } = splitUri(uri)
  const found = scheme === 'runs' && authority === '' ? /^\/([^/]+)\/?(.*)$/s.exec(path) : null
  return found === null ? undefined : { runId: found[1] ?? '', path: found[2] ?? '' }
}

/** What a `models:/…` URI names; undefined for one of another form. */
export function parseModelsUri(uri: string): ModelsUri | undefined {
  const { path, query, fragment } = splitUri(uri)
  const whole = fragment === '' ? path : `${path}#${fragment}`
  if (!whole.startsWith('/') || query !== '') return undefined
  const [name = '', suffix, ...more] = whole.replace(/^\/+/, '').split('/')
  if (name.trim() === '' || more.length > 0) return undefined
  if (suffix === undefined) {
    const at = name.lastIndexOf('@')
    if (at === -1) return { kind: 'logged-model', modelId: name }
    const alias = name.slice(at + 1)
    return alias.trim() === '' ? undefined : { kind: 'alias', name: name.slice(0, at), alias }
  }
  if (suffix.trim() === '') return undefined
  if (/^\d+$/.test(suffix)) return { kind: 'version', name, version: Number(suffix) }
  return suffix.toLowerCase() === 'latest' ? { kind: 'latest', name } : { kind: 'stage', name, stage: suffix }
}

function runsUriRunId(source: string): string | undefined {
  return parseRunsUri(source)?.runId
}

/** A path without scheme, or a `file:` URI. @throws MLflow's INTERNAL_ERROR for one that names another host */
function isLocalSource(uri: string): boolean {
  const { scheme, authority } = splitUri(uri)
  if (scheme === '') return true
  if (scheme !== 'file') return false
  const host = authority.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase()
  if (host !== '' && host !== '.' && !host.startsWith('localhost') && !host.startsWith('127.0.0.1')) {
    throw internalError(`${uri} is not a valid remote uri.`)
  }
  return true
}

/** Percent escapes and `+` are decoded until nothing changes; then the path must be absolute and its own normal form. */
function refuseRelativeParts(source: string): void {
  const decoded = decodeRepeatedly(source.replaceAll('+', ' '), (text) => percentDecode(text).replaceAll('+', ' '))
  const path = splitUri(decoded).path.replace(/\/+$/, '').replaceAll(/\/+/g, '/')
  const isNormal = path.startsWith('/') && posix.normalize(path) === path
  if (isNormal && !decoded.includes('\0') && !decoded.split('/').includes('..')) return
  throw invalidSource(
    source,
    'If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute ' +
      'path must be provided without relative path references present. Please provide an absolute path.',
  )
}

/** Whether files are read and written by way of this server or another one like it. */
function isProxiedSource(source: string): boolean {
  const { scheme, names } = normalParts(source)
  if (scheme === 'mlflow-artifacts') return true
  return (scheme === 'http' || scheme === 'https') && names.join('/').includes('api/2.0/mlflow-artifacts/artifacts')
}

function normalParts(uri: string): { scheme: string; authority: string; names: string[] } {
  const { scheme, authority, path } = splitUri(uri)
  const names = path.split('/').filter((name) => name !== '')
  return {
    scheme,
    authority: authority.toLowerCase(),
    names: names.map((name) => decodeRepeatedly(name, percentDecode)),
  }
}

function localPath(uri: string): string {
  const path = uri.startsWith('file:') ? splitUri(uri).path : uri
  return posix.resolve(percentDecode(path))
}

function decodeRepeatedly(text: string, decode: (text: string) => string): string {
  let current = text
  for (;;) {
    const decoded = decode(current)
    if (decoded === current) return current
    current = decoded
  }
}

/** As Python does: escapes that are none stay, bytes that are no UTF-8 become U+FFFD. */
function percentDecode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}
