import type { AidpOperation, AnyEndpoint, Dialect, Method, Route, Scope } from '../contract/endpoint.ts'

const platformRoots = ['', '/api'].map((prefix) => `${prefix}/20260430/aiDataPlatforms/:aiDataPlatformId`)

/** Where the workspaces' mounts are: below the versioned path, also with `/api` in front. */
export const tenantMounts = platformRoots.map((path) => `${path}/workspaces/:workspaceKey/mlops`)

/** Where the platforms' own mounts are, for what a platform owns. */
export const platformMounts = platformRoots.map((path) => `${path}/mlops`)

const controlPlane = '/20240831'

/** Where the list of platforms is; Oracle's control plane has a version of its own. */
const serviceRoots = [controlPlane, '/20260430'].flatMap((path) => [path, `/api${path}`])

/** Whether a path is one of Oracle's control plane, of which few operations are served: to its clients the others are not there. */
export function isOfControlPlane(path: string): boolean {
  return path.startsWith(`${controlPlane}/`) || path.startsWith(`/api${controlPlane}/`)
}

/** A place below which endpoints answer, and which of them do. */
export interface Mount {
  readonly kind: 'stock' | 'workspace' | 'platform' | 'control' | 'service'
  /** With the ids as path parameters. */
  readonly prefix: string
  readonly scopes: readonly Scope[]
}

/** Every mount: MLflow's own, then those of AIDP. */
export const mounts: readonly Mount[] = [
  { kind: 'stock', prefix: '', scopes: ['workspace', 'platform'] },
  ...tenantMounts.map((prefix): Mount => ({ kind: 'workspace', prefix, scopes: ['workspace', 'platform'] })),
  ...platformMounts.map((prefix): Mount => ({ kind: 'platform', prefix, scopes: ['platform'] })),
  ...platformRoots.map((prefix): Mount => ({ kind: 'control', prefix, scopes: ['control'] })),
  ...serviceRoots.map((prefix): Mount => ({ kind: 'service', prefix, scopes: ['service'] })),
]

/** A method and path at which an endpoint answers, in a dialect. */
export interface Place {
  readonly method: Method
  readonly url: string
  readonly dialect: Dialect
  /** The AIDP operation that is asked for there; absent in MLflow's dialect. */
  readonly operation?: AidpOperation
}

const prefixes = { both: ['/api', '/ajax-api'], ajax: ['/ajax-api'], root: [''] } as const

/**
 * Where an endpoint answers below a mount. Both sets of methods answer everywhere (AIDP's POST and MLflow's PATCH or DELETE
 * of one operation); the method and path of an AIDP operation at the mount where AIDP has it mean AIDP's dialect.
 */
export function placesOf(endpoint: AnyEndpoint, mount: Mount): Place[] {
  const places = new Map<string, Place>()
  for (const { method, path, under } of [...endpoint.routes, ...aidpRoutes(endpoint)]) {
    for (const prefix of prefixes[under]) {
      const operation = operationAt(endpoint, mount, method, prefix + path)
      const url = mount.prefix + prefix + path
      const key = `${method} ${url}`
      if (places.has(key)) continue
      places.set(
        key,
        operation === undefined
          ? { method, url, dialect: dialectWithout(mount) }
          : { method, url, dialect: 'aidp', operation },
      )
    }
  }
  return [...places.values()]
}

/** What MLflow knows nothing of is answered in AIDP's dialect also where AIDP has no such operation. */
function dialectWithout({ kind }: Mount): Dialect {
  return kind === 'control' || kind === 'service' ? 'aidp' : 'mlflow'
}

function aidpRoutes({ aidp, scope }: AnyEndpoint): Route[] {
  if (aidp === undefined || scope === 'control' || scope === 'service') return []
  return [{ method: aidp.method, path: aidp.path, under: 'both' }]
}

function operationAt(endpoint: AnyEndpoint, { kind }: Mount, method: Method, path: string): AidpOperation | undefined {
  const operation = operationOf(endpoint, kind)
  if (operation === undefined || operation.method !== method) return undefined
  const expected = kind === 'workspace' || kind === 'platform' ? `/api${operation.path}` : operation.path
  return path === expected ? operation : undefined
}

/** The AIDP operation of an endpoint at a kind of mount: most are at one kind only. */
function operationOf(endpoint: AnyEndpoint, kind: Mount['kind']): AidpOperation | undefined {
  const { scope = 'workspace' } = endpoint
  if (kind === 'workspace' && scope === 'platform') return endpoint.aidpInWorkspace
  return scope === kind ? endpoint.aidp : undefined
}
