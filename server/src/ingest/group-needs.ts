import { type KeyKind, keyKind } from '../db/tables/tables.ts'
import type { Int64 } from '../lib/int64.ts'
import { modelNumber, runNumber } from '../lib/run-number.ts'
import type { Tenant } from '../lib/tenant.ts'
import {
  type ExperimentKeys,
  type KeyCache,
  type ModelState,
  modelMetricIdentity,
  type RunState,
} from './group-state.ts'
import type { IngestRecord } from './ingest-record.ts'
import { runNameTag } from './run-name-tag.ts'

export interface NumberedId {
  readonly id: string
  readonly number: Int64
}

/** The runs that a group is about, each once. Ids that no stored run can have are left out. */
export function runsNeeded(records: readonly IngestRecord[]): NumberedId[] {
  const needed = new Map<string, NumberedId>()
  for (const { runId } of records) {
    if (needed.has(runId)) continue
    const number = runNumber(runId)
    if (number !== undefined) needed.set(runId, { id: runId, number })
  }
  return [...needed.values()]
}

export interface KeyNeed {
  readonly experiment: Int64
  readonly kind: KeyKind
  readonly name: string
}

/** The experiments in which the group creates runs, each once. */
export function experimentsOfNewRuns(records: readonly IngestRecord[]): Int64[] {
  const needed = new Set<Int64>()
  for (const record of records) if (record.kind === 'create-run') needed.add(record.experiment)
  return [...needed]
}

/** What never changes of a stored run. */
export type RunPlace = Pick<RunState, 'run' | 'experiment' | 'startTime'>

/** The key numbers at hand for a group, and the names whose numbers must be read first. */
export interface KeysAtHand {
  readonly keys: Map<Int64, ExperimentKeys>
  readonly missing: readonly KeyNeed[]
}

/** @param runs the stored runs among those of the group */
export function keysAtHand(
  tenant: Tenant,
  records: readonly IngestRecord[],
  runs: ReadonlyMap<string, RunPlace>,
  cache: KeyCache,
): KeysAtHand {
  const keys = new Map<Int64, ExperimentKeys>()
  const missing = new Map<string, KeyNeed>()
  const experimentOf = experimentLookup(records, runs)
  for (const record of records) {
    const experiment = experimentOf(record)
    if (experiment === undefined) continue
    let known = keys.get(experiment)
    if (known === undefined) {
      known = cache.of(tenant, experiment)
      keys.set(experiment, known)
    }
    const need = (kind: KeyKind, name: string): void => {
      if (!known[kind].has(name)) missing.set(`${experiment}/${kind}/${name}`, { experiment, kind, name })
    }
    if (record.kind === 'log') {
      let last: string | undefined
      for (const { key } of record.metrics) {
        if (key !== last) need(keyKind.metric, key)
        last = key
      }
      for (const { key } of record.params) need(keyKind.param, key)
    }
    if (record.kind === 'update-run') {
      if (record.name !== undefined) need(keyKind.tag, runNameTag)
    } else for (const { key } of record.tags) need(keyKind.tag, key)
  }
  return { keys, missing: [...missing.values()] }
}

function experimentLookup(
  records: readonly IngestRecord[],
  runs: ReadonlyMap<string, RunPlace>,
): (record: IngestRecord) => Int64 | undefined {
  const created = new Map<string, Int64>()
  for (const record of records) if (record.kind === 'create-run') created.set(record.runId, record.experiment)
  return ({ runId }) => runs.get(runId)?.experiment ?? created.get(runId)
}

export interface ParamNeed {
  readonly runId: string
  readonly run: Int64
  readonly key: number
  readonly name: string
}

/** The params that stored runs may have already, each once. A name without a number has no value anywhere. */
export function paramsNeeded(
  records: readonly IngestRecord[],
  runs: ReadonlyMap<string, RunState>,
  keys: ReadonlyMap<Int64, ExperimentKeys>,
): ParamNeed[] {
  const needed = new Map<string, ParamNeed>()
  for (const record of records) {
    if (record.kind !== 'log') continue
    const run = runs.get(record.runId)
    const names = run && keys.get(run.experiment)?.[keyKind.param]
    if (names === undefined || run === undefined) continue
    for (const { key: name } of record.params) {
      const key = names.get(name)
      if (key !== undefined) needed.set(`${run.runId}/${key}`, { runId: run.runId, run: run.run, key, name })
    }
  }
  return [...needed.values()]
}

/** The logged models that a group is about, each once. */
export function modelsNeeded(records: readonly IngestRecord[]): NumberedId[] {
  const needed = new Map<string, NumberedId>()
  for (const record of records) {
    if (record.kind !== 'log') continue
    for (const { modelId } of record.metrics) {
      if (modelId === undefined || needed.has(modelId)) continue
      const number = modelNumber(modelId)
      if (number !== undefined) needed.set(modelId, { id: modelId, number })
    }
  }
  return [...needed.values()]
}

export interface ModelMetricNeed {
  readonly identity: string
  readonly model: Int64
  readonly key: string
  readonly timestamp: Int64
  readonly step: Int64
  readonly runId: string
}

/** The metrics of stored logged models that a group may repeat. */
export function modelMetricsNeeded(
  records: readonly IngestRecord[],
  models: ReadonlyMap<string, ModelState>,
): ModelMetricNeed[] {
  const needed = new Map<string, ModelMetricNeed>()
  for (const record of records) {
    if (record.kind !== 'log') continue
    const { runId } = record
    for (const { key, timestamp, step, modelId } of record.metrics) {
      const model = modelId === undefined ? undefined : models.get(modelId)?.model
      if (modelId === undefined || model === undefined) continue
      const identity = modelMetricIdentity(modelId, key, timestamp, step, runId)
      needed.set(identity, { identity, model, key, timestamp, step, runId })
    }
  }
  return [...needed.values()]
}
