import { batchTemplate } from './batch-template.ts'
import type { HttpAddress } from './http-address.ts'
import { type Manner, madeBefore, poster } from './manner.ts'
import { get, type Payload, type PayloadSource, postJson, putFile } from './payload.ts'

/** A kind of traffic, described so that it can be sent to the generator's process. */
export type Workload =
  /** Creates runs in one experiment. */
  | { readonly kind: 'create-run'; readonly experimentId: string }
  /** Logs one value a call; each connection to its own run, steps counting up from `from`. */
  | {
      readonly kind: 'log-metric'
      readonly runIds: readonly string[]
      readonly from: number
      /** Where it is sent, and what proves who sends it; absent: at MLflow's place, and nothing. */
      readonly manner?: Manner
    }
  /** Logs `keys` × `steps` values a call; each connection to its own run, steps counting up from `from`. */
  | {
      readonly kind: 'log-batch'
      readonly runIds: readonly string[]
      readonly from: number
      readonly keys: number
      readonly steps: number
    }
  /** Logs one new parameter a call; each connection to its own run, keys numbered from `from`. */
  | { readonly kind: 'log-parameter'; readonly runIds: readonly string[]; readonly from: number }
  /** Gives one of ten tags of a run a new value; each connection has its own run. */
  | { readonly kind: 'set-tag'; readonly runIds: readonly string[] }
  /** Adds versions with two tags; each connection to a model of its own. */
  | { readonly kind: 'create-version'; readonly names: readonly string[] }
  /** Sends the same requests over and over; each connection starts at another of them. */
  | { readonly kind: 'repeat'; readonly requests: readonly FixedRequest[] }
  /** Follows the page tokens of runs/search to the end, then starts again. */
  | { readonly kind: 'paging'; readonly body: Readonly<Record<string, unknown>> }
  /** Uploads files of `bytes` bytes to `path`/<number>, `count` in all, then stops. */
  | { readonly kind: 'upload'; readonly path: string; readonly count: number; readonly bytes: number }
  /** Gets each of the paths once, then stops. */
  | { readonly kind: 'get-each'; readonly paths: readonly string[] }

export interface FixedRequest {
  readonly path: string
  /** JSON text of a POST; without it the request is a GET. */
  readonly json?: string
}

/** The requests of connection number `connection` of `connections`. */
export function payloadSource(
  workload: Workload,
  address: HttpAddress,
  connection: number,
  connections: number,
): PayloadSource {
  switch (workload.kind) {
    case 'create-run': {
      let n = 0
      return () => {
        const startTime = Date.now()
        const name = `run-${connection}-${n++}`
        return postJson(
          address,
          '/api/2.0/mlflow/runs/create',
          `{"experiment_id":"${workload.experimentId}","user_id":"bench","run_name":"${name}","start_time":${startTime},` +
            `"tags":[{"key":"mlflow.user","value":"bench"},{"key":"mlflow.source.name","value":"train.py"},` +
            `{"key":"mlflow.source.type","value":"LOCAL"},{"key":"mlflow.runName","value":"${name}"}]}`,
        )
      }
    }
    case 'log-metric': {
      const run = runOf(workload.runIds, connection)
      let step = workload.from
      const post = poster(address, '/api/2.0/mlflow/runs/log-metric', workload.manner)
      const next = () =>
        post(
          `{"run_uuid":"${run}","run_id":"${run}","key":"loss","value":${Math.random()},"timestamp":${Date.now()},"step":${step++}}`,
        )
      const { signature } = workload.manner ?? {}
      return signature === undefined ? next : madeBefore(Math.ceil(signature.requests / connections), next)
    }
    case 'log-batch': {
      const template = batchTemplate(address, runOf(workload.runIds, connection), workload.keys, workload.steps)
      let step = workload.from
      return () => {
        const bytes = template(step)
        step += workload.steps
        return { bytes }
      }
    }
    case 'log-parameter': {
      const run = runOf(workload.runIds, connection)
      let n = workload.from
      return () => {
        const json = `{"run_uuid":"${run}","run_id":"${run}","key":"param-${n}","value":"value ${n++}"}`
        return postJson(address, '/api/2.0/mlflow/runs/log-parameter', json)
      }
    }
    case 'set-tag': {
      const run = runOf(workload.runIds, connection)
      let n = 0
      return () => {
        const json = `{"run_uuid":"${run}","run_id":"${run}","key":"tag-${n % 10}","value":"value ${n++} of ${Date.now()}"}`
        return postJson(address, '/api/2.0/mlflow/runs/set-tag', json)
      }
    }
    case 'create-version': {
      const name = runOf(workload.names, connection)
      let n = 0
      return () => {
        const json = `{"name":"${name}","source":"s3://bench/${name}/${n++}","run_id":"0123456789abcdef0123456789abcdef","tags":[{"key":"bucket","value":"new"},{"key":"team","value":"team-1"}]}`
        return postJson(address, '/api/2.0/mlflow/model-versions/create', json)
      }
    }
    case 'repeat': {
      const payloads = workload.requests.map(
        ({ path, json }): Payload => (json === undefined ? get(address, path) : postJson(address, path, json)),
      )
      let n = connection
      return () => payloads[n++ % payloads.length]
    }
    case 'paging': {
      return (answer) => {
        const token = nextPageToken(answer)
        const body = token === undefined ? workload.body : { ...workload.body, page_token: token }
        return postJson(address, '/api/2.0/mlflow/runs/search', JSON.stringify(body))
      }
    }
    case 'upload': {
      const block = randomBlock(Math.min(workload.bytes, 1024 * 1024))
      let n = connection
      return () => {
        if (n >= workload.count) return undefined
        const payload = putFile(address, `${workload.path}/${n}`, block, workload.bytes)
        n += connections
        return payload
      }
    }
    case 'get-each': {
      let n = connection
      return () => {
        const path = workload.paths[n]
        n += connections
        return path === undefined ? undefined : get(address, path)
      }
    }
  }
}

/** The token in the text of a search answer, without parsing its megabytes; it stands behind the runs. */
export function nextPageToken(answer: string): string | undefined {
  const at = answer.lastIndexOf('"next_page_token"')
  return at === -1 ? undefined : /^"next_page_token"\s*:\s*"([^"]+)"/.exec(answer.slice(at, at + 4096))?.[1]
}

function runOf(runIds: readonly string[], connection: number): string {
  return runIds[connection % runIds.length]!
}

/** Bytes which no file system or proxy can shrink, the same in every run of the benchmark. */
function randomBlock(length: number): Buffer {
  const block = Buffer.allocUnsafe(length)
  let state = 0x9e3779b9
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    block[i] = state >>> 24
  }
  return block
}
