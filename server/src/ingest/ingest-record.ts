import type { ErrorCode } from '../errors/error-catalogue.ts'
import type { Int64 } from '../lib/int64.ts'

/** One value of a metric. NaN is allowed, infinities have been clamped to ±1.7976931348623157e308. Times in epoch ms. */
export interface MetricPoint {
  readonly key: string
  readonly value: number
  readonly timestamp: Int64
  readonly step: Int64
  /** Set when the value also belongs to a logged model (MLflow 3). */
  readonly modelId?: string
  readonly datasetName?: string
  readonly datasetDigest?: string
}

export interface KeyValue {
  readonly key: string
  readonly value: string
}

/** Adds metrics, params and tags to one active run: all of them or none. */
export interface LogToRun {
  readonly kind: 'log'
  readonly runId: string
  readonly metrics: readonly MetricPoint[]
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  /** Which wording a changed param is refused with: MLflow's `log-parameter` and `log-batch` differ. */
  readonly source: 'single' | 'batch'
}

/** Creates a run in an active experiment. */
export interface CreateRun {
  readonly kind: 'create-run'
  readonly runId: string
  readonly experiment: Int64
  readonly name: string
  readonly userId: string
  readonly startTime: Int64
  /** `<artifact root of the experiment>/<run id>/artifacts`. */
  readonly artifactUri: string
  /** Includes `mlflow.runName`. Keys are distinct. */
  readonly tags: readonly KeyValue[]
}

/** Changes the given fields of an active run; a name is also written to the tag `mlflow.runName`. */
export interface UpdateRun {
  readonly kind: 'update-run'
  readonly runId: string
  readonly status?: number
  readonly endTime?: Int64
  readonly name?: string
}

export type IngestRecord = LogToRun | CreateRun | UpdateRun

/** Outcome of one record: done (with the run's new revision), or the error that its caller gets. */
export type IngestResult =
  | { readonly ok: true; readonly revision: Int64 }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string }
