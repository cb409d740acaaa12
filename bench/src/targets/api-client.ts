import { openConnection } from '../load/connection.ts'
import type { HttpAddress } from '../load/http-address.ts'
import { bearer } from '../load/manner.ts'
import { get, type Payload, postJson } from '../load/payload.ts'

/** A JSON value as it comes from a server; read with care. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** A server refused a request of the preparation or of a check. */
class RefusedError extends Error {}

/** One keep-alive connection for preparing and checking a server. Requests must not overlap. */
export interface ApiClient extends Disposable {
  /** @throws RefusedError on any status but 2xx */
  get(path: string): Promise<Json>
  post(path: string, body: unknown): Promise<Json>
}

const api = '/api/2.0/mlflow/'

/**
 * A client of the MLflow REST API; paths start behind `/api/2.0/mlflow/`, or with a slash.
 *
 * @param token sent as bearer
 */
export function apiClient(address: HttpAddress, token?: string): ApiClient {
  const headers = token === undefined ? '' : bearer(token)
  const at = (path: string): string => (path.startsWith('/') ? path : api + path)
  let settle: (outcome: { status: number; body: string } | Error) => void = () => {}
  const connection = openConnection(address, true, (outcome) => settle(outcome))

  function exchange(what: string, payload: Payload): Promise<Json> {
    return new Promise((resolve, reject) => {
      settle = (outcome) => {
        if (outcome instanceof Error) reject(outcome)
        else if (outcome.status >= 300)
          reject(new RefusedError(`${what}: ${outcome.status} ${outcome.body.slice(0, 500)}`))
        else resolve(outcome.body === '' ? null : (JSON.parse(outcome.body) as Json))
      }
      connection.send(payload)
    })
  }

  return {
    get: (path) => exchange(`GET ${path}`, get(address, at(path), headers)),
    post: (path, body) => exchange(`POST ${path}`, postJson(address, at(path), JSON.stringify(body), headers)),
    [Symbol.dispose]: () => connection.close(),
  }
}

/** The text at `path` inside a JSON value. @throws when there is none */
export function textAt(json: Json, ...path: readonly string[]): string {
  let value: Json | undefined = json
  for (const name of path)
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined
  if (typeof value !== 'string')
    throw new Error(`no text at ${path.join('.')} of ${JSON.stringify(json).slice(0, 300)}`)
  return value
}

/** The list at `path` inside a JSON value; empty when it is absent, as MLflow leaves empty lists out. */
export function listAt(json: Json, ...path: readonly string[]): Json[] {
  let value: Json | undefined = json
  for (const name of path)
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined
  return Array.isArray(value) ? value : []
}
