import type { KeyKind } from '../db/tables/tables.ts'
import type { Int64 } from '../lib/int64.ts'
import type { Tenant } from '../lib/tenant.ts'
import type { TextRules } from './plan-texts.ts'

/** A stored run, as far as ingest reads and changes it. Times are epoch ms. */
export interface RunState {
  readonly run: Int64
  readonly runId: string
  readonly experiment: Int64
  readonly startTime: Int64
  readonly deleted: boolean
  readonly name: string
  readonly status: number
  readonly endTime: Int64 | null
  readonly revision: Int64
}

export interface ExperimentState {
  readonly deleted: boolean
  readonly nextKey: number
}

/** The numbers of an experiment's metric, param and tag names. */
export type ExperimentKeys = Readonly<Record<KeyKind, ReadonlyMap<string, number>>>

/** A stored logged model; its experiment need not be that of the runs which log to it. */
export interface ModelState {
  readonly model: Int64
  readonly experiment: Int64
}

export interface StoredModelMetric {
  /** NaN is stored as NULL (MLflow stores 0 here). */
  readonly value: number
  readonly datasetName: string | null
  readonly datasetDigest: string | null
}

/** A retry stamp that is stored, with the answer it stands for. */
export interface StoredRetry {
  readonly bodyHash: string
  readonly body: string | null
  /** JSON of a `RunOutcome`, where there is no body. */
  readonly outcome: string | null
  readonly revision: Int64
}

/** What the outcome of a group depends on: the rows that its records meet, read at the start of its transaction. */
export interface GroupState {
  /** By run id; unknown ones are absent. */
  readonly runs: ReadonlyMap<string, RunState>
  /** The experiments in which runs are created or names are new. */
  readonly experiments: ReadonlyMap<Int64, ExperimentState>
  readonly keys: ReadonlyMap<Int64, ExperimentKeys>
  /** Values of the params concerned, by run id and name. */
  readonly params: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** The logged models concerned, by model id. */
  readonly models: ReadonlyMap<string, ModelState>
  /** By `modelMetricIdentity`. */
  readonly modelMetrics: ReadonlyMap<string, StoredModelMetric>
  /** The unexpired retry stamps among those of the group that are stored, by id. */
  readonly retries: ReadonlyMap<string, StoredRetry>
  /** The group is committed already, and only its outcome is asked for again. */
  readonly repeated: boolean
  /** Absent where every text can be stored. */
  readonly textRules?: TextRules
}

/** What must differ between two metrics of logged models (MLflow's primary key of them). */
export function modelMetricIdentity(
  modelId: string,
  key: string,
  timestamp: Int64,
  step: Int64,
  runId: string,
): string {
  return `${modelId}\n${timestamp}\n${step}\n${runId}\n${key}`
}

type MutableKeys = Record<KeyKind, Map<string, number>>

/**
 * Key numbers that are known to be committed; entries never change, so only what was read before a transaction's own
 * inserts may be added, and then a rollback takes nothing back.
 */
export interface KeyCache {
  /** To be called between groups: forgets everything when there is too much. */
  trim(): void
  of(tenant: Tenant, experiment: Int64): ExperimentKeys
  add(tenant: Tenant, experiment: Int64, kind: KeyKind, name: string, key: number): void
}

/** @param limit names kept in all; beyond it everything is forgotten and read again */
export function createKeyCache(limit = 200_000): KeyCache {
  const experiments = new Map<string, MutableKeys>()
  let names = 0
  const keysOf = (tenant: Tenant, experiment: Int64): MutableKeys => {
    const id = `${tenant}/${experiment}`
    let keys = experiments.get(id)
    if (keys === undefined) {
      keys = { 1: new Map(), 2: new Map(), 3: new Map() }
      experiments.set(id, keys)
      names += 10 // an experiment costs memory without any name too
    }
    return keys
  }
  return {
    trim() {
      if (names < limit) return
      experiments.clear()
      names = 0
    },
    of: keysOf,
    add(tenant, experiment, kind, name, key) {
      keysOf(tenant, experiment)[kind].set(name, key)
      names++
    },
  }
}
