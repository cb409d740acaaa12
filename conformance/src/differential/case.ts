/** One request of the replay, as data. `{{name}}` in its path, headers and body stands for a captured value. */
export interface DifferentialCase {
  /** `<area>/<what it shows>`, unique; the key of recordings and of the allow-list. */
  readonly id: string
  readonly method: string
  /** Sent as it stands: nothing is encoded or normalised. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  /** Values to take from the JSON answer for later requests: name -> path, such as `run.info.run_id`. */
  readonly capture: Readonly<Record<string, string>>
  /** How long to wait before it is sent, in ms: where two clock times have to differ. */
  readonly pause: number
}

/** What a builder takes beside method, path and body. */
export interface CaseOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly capture?: Readonly<Record<string, string>>
  readonly pause?: number
}

/** A text is sent as it stands, anything else as JSON. */
export type CaseBody = string | Uint8Array | object | undefined

/** Requests that are sent one after another and share their captured values. */
export interface Area {
  readonly name: string
  readonly cases: readonly DifferentialCase[]
}

/** Builders whose cases carry the area's name; a path without a leading slash is put behind `/api/`. */
export interface AreaBuilder {
  readonly get: (id: string, path: string, options?: CaseOptions) => DifferentialCase
  /** POST with `Content-Type: application/json`. */
  readonly post: (id: string, path: string, body?: CaseBody, options?: CaseOptions) => DifferentialCase
  readonly patch: (id: string, path: string, body?: CaseBody, options?: CaseOptions) => DifferentialCase
  readonly remove: (id: string, path: string, body?: CaseBody, options?: CaseOptions) => DifferentialCase
  /** Any method, and no header that is not given. */
  readonly raw: (id: string, method: string, path: string, body?: CaseBody, options?: CaseOptions) => DifferentialCase
}

/** The builders of one area. */
export function areaBuilder(area: string): AreaBuilder {
  const build = (id: string, method: string, path: string, body: CaseBody, options: CaseOptions): DifferentialCase => ({
    id: `${area}/${id}`,
    method,
    path: path.startsWith('/') ? path : `/api/${path}`,
    headers: options.headers ?? {},
    body: typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body,
    capture: options.capture ?? {},
    pause: options.pause ?? 0,
  })
  const json = (options: CaseOptions): CaseOptions => ({
    ...options,
    headers: { 'content-type': 'application/json', ...options.headers },
  })
  return {
    get: (id, path, options = {}) => build(id, 'GET', path, undefined, options),
    post: (id, path, body = '', options = {}) => build(id, 'POST', path, body, json(options)),
    patch: (id, path, body = '', options = {}) => build(id, 'PATCH', path, body, json(options)),
    remove: (id, path, body = '', options = {}) => build(id, 'DELETE', path, body, json(options)),
    raw: (id, method, path, body, options = {}) => build(id, method, path, body, options),
  }
}
