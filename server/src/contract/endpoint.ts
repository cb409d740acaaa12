import type { MessageType, WireType } from './wire.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Where an endpoint answers below a mount; MLflow routes answer under `/api` and `/ajax-api`. */
export interface Route {
  readonly method: Method
  /** Path with `:name` parameters, such as `/2.0/mlflow/runs/get`. A last segment `*` takes the rest (`restOfPath`). */
  readonly path: string
  /** `both` = `/api` and `/ajax-api`; `ajax` = `/ajax-api` alone; `root` = at the mount itself. */
  readonly under: 'both' | 'ajax' | 'root'
}

/** The request field that a last segment `*` fills. */
export const restOfPath = 'artifact_path'

/** What a caller must be allowed to do. */
export type Permission =
  | 'public'
  /** Everyone who has logged in; the handler lets callers see and change what is their own. */
  | 'self'
  | 'platform.read'
  | 'platform.admin'
  | 'workspace.create'
  | 'workspace.admin'
  | 'workspace.read'
  | 'workspace.write'
  /** To remove for good what `workspace.write` may mark as deleted; a delete with `is_permanent` needs it as well. */
  | 'workspace.purge'
  | 'registry.read'
  | 'registry.create'
  | 'model.read'
  | 'model.manage'
  | 'model.admin'

/**
 * AIDP's operation of the same meaning: its id and header profile (see the header profiles of the MLOps API 20260430:
 * M takes a retry token and answers an etag, G answers an etag, L a next page, X nothing).
 */
export interface AidpOperation {
  readonly operation: string
  readonly method: Method
  /**
   * Path below `…/mlops/api` of the workspace, or of the platform where the endpoint's scope is that; of a control operation
   * below the platform itself.
   */
  readonly path: string
  readonly profile: 'M' | 'M1' | 'U' | 'G' | 'S' | 'L' | 'X' | 'W'
}

/**
 * Whose rules a request is answered by, where they differ: AIDP's at the method and path of one of its operations, MLflow's
 * at every other route.
 */
export type Dialect = 'mlflow' | 'aidp'

/**
 * What an endpoint is about, and so where it answers: `workspace` at MLflow's mount and at those of workspaces; `platform`
 * (the registry) at those of platforms as well; `control` at the platform's own path, without `mlops`; `service` where no
 * platform is named.
 */
export type Scope = 'workspace' | 'platform' | 'control' | 'service'

interface Common {
  /** Names the endpoint in OpenAPI, logs and tests. */
  readonly id: string
  readonly summary: string
  readonly routes: readonly Route[]
  /** Absent means `workspace`. */
  readonly scope?: Scope
  readonly aidp?: AidpOperation
  /** AIDP's operation at the workspace mount, where a platform's endpoint has one there too. */
  readonly aidpInWorkspace?: AidpOperation
  /** Status of success; 202 and 204 answer without a body. Absent means 200. */
  readonly status?: 200 | 201 | 202 | 204
  readonly permission: Permission
}

/** An endpoint whose request and answer are messages. */
export interface Endpoint<Req = unknown, Rep = unknown> extends Common {
  readonly kind: 'message'
  readonly request: MessageType<Req>
  readonly reply: WireType<Rep>
  /** `proto` is MLflow's indented protobuf JSON; `compact` is one line of plain JSON. */
  readonly format: 'proto' | 'compact'
}

/** An endpoint that reads or writes a byte stream, or answers something else than a JSON message. */
export interface StreamEndpoint extends Common {
  readonly kind: 'stream'
  /** Described for OpenAPI; the handler reads the query itself. */
  readonly query: MessageType<unknown>
}

export type AnyEndpoint = Endpoint | StreamEndpoint

export function get(path: string): Route {
  return { method: 'GET', path, under: 'both' }
}

export function post(path: string): Route {
  return { method: 'POST', path, under: 'both' }
}

export function put(path: string): Route {
  return { method: 'PUT', path, under: 'both' }
}

export function patch(path: string): Route {
  return { method: 'PATCH', path, under: 'both' }
}

export function del(path: string): Route {
  return { method: 'DELETE', path, under: 'both' }
}

/** A route that exists below `/ajax-api` alone. */
export function ajax(route: Route): Route {
  return { ...route, under: 'ajax' }
}

/** A route at the mount itself, such as `/get-artifact`. */
export function root(route: Route): Route {
  return { ...route, under: 'root' }
}

/** Declares an endpoint once: route, checks, rendering, OpenAPI and the generated tests follow from it. */
export function defineEndpoint<Req, Rep>(
  declaration: Omit<Common, 'kind'> & {
    readonly request: MessageType<Req>
    readonly reply: WireType<Rep>
    readonly format?: 'proto' | 'compact'
  },
): Endpoint<Req, Rep> {
  return { format: 'proto', ...declaration, kind: 'message' }
}

/** Declares an endpoint that streams bytes. */
export function defineStreamEndpoint(declaration: Common & { readonly query: MessageType<unknown> }): StreamEndpoint {
  return { ...declaration, kind: 'stream' }
}
