import { randomUUID } from 'node:crypto'
import { type RunRow, runInfo } from './bare-reads.ts'
import { type BareStore, rows } from './bare-store.ts'
import type { Write } from './group-commit.ts'

interface KeyValue {
  key: string
  value: string
}

interface Metric {
  key: string
  value: number
  timestamp: number
  step?: number
}

/** Turns a parsed request into a write and the answer that follows its commit. */
export type BareWrite = (store: BareStore, body: never) => Pick<Write, 'apply'> & { readonly answer: () => string }

const empty = () => '{}'

/** The writing routes, by the end of their path. No checks, no errors: this is the limit, not a server. */
export const bareWrites: Readonly<Record<string, BareWrite>> = {
  'experiments/create'(store, { name }: { name: string }) {
    let id: number | bigint = 0
    return {
      apply: () => {
        id = store.addExperiment.run(name).lastInsertRowid
      },
      answer: () => JSON.stringify({ experiment_id: String(id) }),
    }
  },

  'runs/create'(
    store,
    body: { experiment_id: string; run_name?: string; user_id?: string; start_time: number; tags?: KeyValue[] },
  ) {
    const id = randomUUID().replaceAll('-', '')
    const tags = body.tags ?? []
    const row: RunRow = {
      id,
      experiment: Number(body.experiment_id),
      name: body.run_name ?? id,
      user: body.user_id ?? '',
      status: 'RUNNING',
      start_time: body.start_time,
      end_time: null,
    }
    return {
      apply: () => {
        store.addRun.run(row.id, row.experiment, row.name, row.user, row.status, row.start_time)
        for (const { key, value } of tags) store.setTag.run(id, key, value)
      },
      answer: () => JSON.stringify({ run: { info: runInfo(row), data: { tags }, inputs: {} } }),
    }
  },

  'runs/update'(store, body: { run_id: string; status: string; end_time: number }) {
    return {
      apply: () => store.updateRun.run(body.status, body.end_time, body.run_id),
      answer: () => JSON.stringify({ run_info: runInfo(rows<RunRow>(store.run, body.run_id)[0]!) }),
    }
  },

  'runs/log-metric'(store, body: Metric & { run_id: string }) {
    return { apply: () => logMetrics(store, body.run_id, [body]), answer: empty }
  },

  'runs/log-batch'(store, body: { run_id: string; metrics?: Metric[]; params?: KeyValue[]; tags?: KeyValue[] }) {
    return {
      apply: () => {
        logMetrics(store, body.run_id, body.metrics ?? [])
        for (const { key, value } of body.params ?? []) store.addParam.run(body.run_id, key, value)
        for (const { key, value } of body.tags ?? []) store.setTag.run(body.run_id, key, value)
      },
      answer: empty,
    }
  },

  'runs/log-parameter'(store, { run_id, key, value }: KeyValue & { run_id: string }) {
    return { apply: () => store.addParam.run(run_id, key, value), answer: empty }
  },

  'runs/set-tag'(store, { run_id, key, value }: KeyValue & { run_id: string }) {
    return { apply: () => store.setTag.run(run_id, key, value), answer: empty }
  },
}

/** Adds a row for each point, and sets the latest value of each key once. */
function logMetrics(store: BareStore, run: string, metrics: readonly Metric[]): void {
  const latest = new Map<string, Metric>()
  for (const metric of metrics) {
    const step = metric.step ?? 0
    store.addPoint.run(run, metric.key, step, metric.timestamp, metric.value)
    const before = latest.get(metric.key)
    if (before === undefined || step >= (before.step ?? 0)) latest.set(metric.key, metric)
  }
  for (const { key, step, timestamp, value } of latest.values())
    store.setLatest.run(run, key, step ?? 0, timestamp, value)
}
