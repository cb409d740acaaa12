import type { ErrorCode } from '../errors/error-catalogue.ts'
import type { IfMatch } from '../lib/if-match.ts'
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

/** What is written beside a record, so that a repeat of its request finds the answer instead of acting again. */
export interface RetryStamp {
  /** Digest of the caller, the operation, the resource path and the retry token. */
  readonly id: string
  readonly bodyHash: string
  /** Epoch ms. */
  readonly expires: Int64
  /** The body of the answer; null where it depends on what the write comes to. */
  readonly body: string | null
}

/** What holds for every kind of record. */
interface Guarded {
  /** Revisions in which the run may be changed; absent: any. */
  readonly ifMatch?: IfMatch
  readonly retry?: RetryStamp
}

/** Adds metrics, params and tags to one active run: all of them or none. */
export interface LogToRun extends Guarded {
  readonly kind: 'log'
  readonly runId: string
  readonly metrics: readonly MetricPoint[]
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  /** Which wording a changed param is refused with: MLflow's `log-parameter` and `log-batch` differ. */
  readonly source: 'single' | 'batch'
}

/** Creates a run in an active experiment. */
export interface CreateRun extends Guarded {
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
export interface UpdateRun extends Guarded {
  readonly kind: 'update-run'
  readonly runId: string
  readonly status?: number
  readonly endTime?: Int64
  readonly name?: string
}

export type IngestRecord = LogToRun | CreateRun | UpdateRun

/** What a change has made of a run. */
export interface RunOutcome {
  readonly name: string
  readonly status: number
  readonly endTime: Int64 | null
}

/** A record that is done. */
export interface Submitted {
  /** The run's revision after the write. */
  readonly revision: Int64
  /** Of a change with a retry stamp and no body: what it came to, or what the first one with that stamp came to. */
  readonly outcome?: RunOutcome
  /** Body of the first answer: a record with that stamp was committed before, and this one has written nothing. */
  readonly replayed?: string
}

/** Outcome of one record: done (with the run's new revision), or the error that its caller gets. */
export type IngestResult =
  | ({ readonly ok: true } & Submitted)
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string }
