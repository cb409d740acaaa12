import { type BareStore, rows } from './bare-store.ts'

export interface RunRow {
  id: string
  experiment: number
  name: string
  user: string
  status: string
  start_time: number
  end_time: number | null
}

/** Answers a read from the query of its URL and its parsed body, straight from the database on the event loop. */
export type BareRead = (store: BareStore, query: URLSearchParams, body: SearchBody) => string

interface SearchBody {
  readonly experiment_ids: readonly string[]
  readonly max_results?: number
  readonly page_token?: string
}

/** The reading routes, by the end of their path. */
export const bareReads: Readonly<Record<string, BareRead>> = {
  'runs/get'(store, query) {
    return JSON.stringify({ run: wholeRun(store, rows<RunRow>(store.run, query.get('run_id')!)[0]!) })
  },

  /** Pages through the runs of one experiment, latest first; no filter. The token is the last run's place in the order. */
  'runs/search'(store, _query, body) {
    const limit = body.max_results ?? 1000
    const [startTime, id] = body.page_token?.split(' ') ?? [String(Number.MAX_SAFE_INTEGER), '']
    const page = rows<RunRow>(
      store.runsPage,
      Number(body.experiment_ids[0]),
      Number(startTime),
      Number(startTime),
      id!,
      limit + 1,
    )
    const last = page.length > limit ? page[limit - 1] : undefined
    return JSON.stringify({
      runs: page.slice(0, limit).map((row) => wholeRun(store, row)),
      next_page_token: last && `${last.start_time} ${last.id}`,
    })
  },

  'metrics/get-history'(store, query) {
    return JSON.stringify({ metrics: rows(store.history, query.get('run_id')!, query.get('metric_key')!) })
  },

  /** Every n-th point of each run so that at most `max_results` are left. */
  'metrics/get-history-bulk-interval'(store, query) {
    const key = query.get('metric_key')!
    const most = Number(query.get('max_results') ?? 2500)
    const metrics = query.getAll('run_ids').flatMap((run) => {
      const points = rows<object>(store.history, run, key)
      const every = Math.max(1, Math.ceil(points.length / most))
      return points.filter((_, rank) => rank % every === 0).map((point) => ({ ...point, run_id: run }))
    })
    return JSON.stringify({ metrics })
  },
}

/** `info` of a run as MLflow writes it. */
export function runInfo(row: RunRow): object {
  return {
    run_uuid: row.id,
    experiment_id: String(row.experiment),
    run_name: row.name,
    user_id: row.user,
    status: row.status,
    start_time: row.start_time,
    end_time: row.end_time ?? undefined,
    artifact_uri: `mlflow-artifacts:/${row.experiment}/${row.id}/artifacts`,
    lifecycle_stage: 'active',
    run_id: row.id,
  }
}

function wholeRun(store: BareStore, row: RunRow): object {
  return {
    info: runInfo(row),
    data: {
      metrics: rows(store.latestOf, row.id),
      params: rows(store.paramsOf, row.id),
      tags: rows(store.tagsOf, row.id),
    },
    inputs: {},
    outputs: {},
  }
}
