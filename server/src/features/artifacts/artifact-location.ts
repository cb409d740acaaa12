import { posix } from 'node:path'
import { type BlobKey, blobKey, blobKeyBelow } from '../../blobs/blob-path.ts'
import type { BlobStore } from '../../blobs/blob-store.ts'
import { internalError, invalidParameter } from '../../errors/errors.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { splitUri, type UriParts } from '../../lib/uri-parts.ts'
import { checkArtifactPath, normalArtifactPath } from './artifact-path-rules.ts'

/** Characters of an artifact location (MLflow 3.17.0). */
const longestLocation = 2048

/** Schemes that name a host to connect to. This server connects to none of them. */
const hostSchemes = new Set(
  ['ftp', 'sftp', 'hdfs', 'viewfs', 'http', 'https', 'mlflow-artifacts', 'r2', 'b2', 'abfss'], //
)

/** Where the proxy stands in the URL of an artifact; what follows is the path in the store. */
const proxyAnchor = '/api/2.0/mlflow-artifacts/artifacts/'

/**
 * MLflow's rules for the artifact location of an experiment.
 *
 * A path without scheme and a `file:` URI name the disk of whoever writes the artifacts; they are made absolute here, on
 * the server, and only kept: the server never reads or writes there (see `artifactKey`).
 *
 * @param directory what relative paths are relative to; the working directory of the server
 * @returns the location to store
 * @throws AppError `invalid-parameter`; MLflow's INTERNAL_ERROR for a `file:` URI with a host
 */
export function checkArtifactLocation(location: string, directory = process.cwd()): string {
  const parts = splitUri(location)
  if (parts.fragment !== '' || parts.params !== '') {
    throw invalidLocation("'artifact_location' URL can't include fragments or params.")
  }
  if (parts.query !== '') throw invalidLocation('Invalid query string')
  if (holdsCredentials(parts)) throw invalidLocation("'artifact_location' must not hold a user name and password.")
  if (isAmbiguous(location))
    throw invalidLocation("'artifact_location' must not hold '..', control characters or blanks at its ends.")
  const hostProblem = hostSchemeProblem(location, 'artifact_location')
  if (hostProblem !== undefined) throw invalidLocation(hostProblem)
  if (location.startsWith('runs:')) {
    throw invalidLocation(`Artifact location cannot be a runs:/ URI. Given: '${location}'`)
  }
  if ([...location].length > longestLocation) {
    throw invalidLocation(
      'Invalid artifact path length. The length of the artifact path cannot be greater than ' +
        `${longestLocation} characters.`,
    )
  }
  return parts.scheme === '' || parts.scheme === 'file' ? absoluteLocation(location, parts, directory) : location
}

/** Whether an address has a password in it, which would be stored and shown. */
export function holdsCredentials({ authority }: UriParts): boolean {
  return authority.slice(0, authority.lastIndexOf('@') + 1).includes(':')
}

/**
 * Whether an address means one place to one program and another to the next: a name is `..` to somebody, however often it is
 * encoded, it holds control characters, or blanks stand at its ends.
 */
export function isAmbiguous(location: string): boolean {
  if (location !== location.trim()) return true
  let current = location
  for (;;) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse.
    if (/(?:^|[/\\;:])\.\.(?:[/\\;]|$)|[\0-\x1f\x7f]/.test(current)) return true
    const decoded = current.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
    )
    if (decoded === current) return false
    current = decoded
  }
}

/**
 * What is wrong with a URI that names a host to connect to, in MLflow's words; undefined for every other URI.
 *
 * @param field request field that holds it
 */
export function hostSchemeProblem(uri: string, field: string): string | undefined {
  const { scheme, authority } = splitUri(uri)
  if (!hostSchemes.has(scheme) || (scheme === 'mlflow-artifacts' && authority === '')) return undefined
  return (
    `'${field}' cannot use the '${scheme}' scheme: the '${scheme}' scheme addresses a host other than the tracking ` +
    "server's configured artifact storage, so the server would connect to the host named in the URI."
  )
}

/**
 * The location of an experiment's artifacts as it is kept. One that lies in a store of this server is kept relative to that
 * store, as `mlflow-artifacts:/x` or `mlflow-artifacts:/@<store>/x`, so that it stays right when the bucket moves, and
 * clients need no credentials for it. All others are kept as they are.
 *
 * @param location checked
 */
export function keptLocation(blobs: BlobStore, location: string): string {
  const { scheme, path, query } = splitUri(location)
  if (scheme !== 's3' || query !== '' || path.split('/').includes('..')) return location
  const inside = blobs.pathOf(location.replace(/\/+$/, ''))
  return inside === undefined ? location : `mlflow-artifacts:/${inside}`
}

/** The part of the store that belongs to a tenant; the default workspace has its own like every other. */
function tenantArtifactRoot(tenant: Tenant): BlobKey {
  return blobKey(`workspaces/${tenant}`)
}

/** Whether artifacts at a URI pass through this server's proxy. */
export function isProxied(uri: string): boolean {
  return ['mlflow-artifacts', 'http', 'https'].includes(splitUri(uri).scheme)
}

/**
 * The path, in the tenant's part of the store, of a run's or model's artifacts: `mlflow-artifacts:/1/<run>/artifacts` and
 * `http://host/api/2.0/mlflow-artifacts/artifacts/1/<run>/artifacts` are `1/<run>/artifacts`. A host in the URI plays no
 * role: clients send what belongs there to the server that they talk to, each in its own tenant.
 *
 * @throws AppError `invalid-parameter` when the location is not in this server's store: another scheme, a plain path
 */
function proxiedPath(uri: string): string {
  const { scheme, path } = splitUri(uri)
  if (scheme === 'mlflow-artifacts') return path.replace(/^\/+/, '')
  if (scheme === 'http' || scheme === 'https') {
    const anchor = path.indexOf(proxyAnchor)
    if (anchor !== -1) return path.slice(anchor + proxyAnchor.length).replace(/^\/+/, '')
  }
  throw invalidParameter(`This server does not serve artifacts at '${uri}': it reads its own artifact store only.`)
}

/**
 * The key of an artifact in the tenant's part of the store.
 *
 * @param path checked; empty means the root
 * @throws AppError `invalid-parameter` for names that no store holds
 */
export function artifactKey(tenant: Tenant, path: string): BlobKey {
  return blobKeyBelow(tenantArtifactRoot(tenant), normalArtifactPath(path))
}

/**
 * The path of something among the artifacts of a run or model.
 *
 * @param uri the artifact URI of the run or model
 * @param path checked; empty means all of them
 * @throws AppError `invalid-parameter` when they are not in this server's store
 */
export function pathBelowUri(uri: string, path: string): string {
  return checkArtifactPath(joinPaths(proxiedPath(uri), path))
}

/** Joins a folder and a path below it, either of which may be empty. */
export function joinPaths(folder: string, path: string): string {
  return folder === '' || path === '' || folder.endsWith('/') ? folder + path : `${folder}/${path}`
}

function absoluteLocation(location: string, { scheme, authority }: UriParts, directory: string): string {
  if (authority !== '' && scheme === 'file') throw internalError(`${location} is not a valid remote uri.`)
  const path = scheme === '' ? location : location.slice(location.indexOf(':') + 1)
  if (path.startsWith('/')) return location
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  return `${scheme === '' ? '' : 'file://'}${posix.join(directory, '/')}${names.join('/')}`
}

function invalidLocation(message: string): Error {
  return invalidParameter(message, { field: 'artifact_location' })
}
