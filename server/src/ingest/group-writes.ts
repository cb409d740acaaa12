import type { KeyKind } from '../db/tables/tables.ts'
import type { Int64 } from '../lib/int64.ts'
import type { RunState, StoredModelMetric, StoredRetry } from './group-state.ts'
import type { CreateRun } from './ingest-record.ts'
import type { PointSource } from './point-columns.ts'
import type { EncodedSegment } from './segment-codec.ts'

export interface KeyWrite {
  readonly experiment: Int64
  readonly kind: KeyKind
  readonly key: number
  readonly name: string
}

export interface NewRunWrite {
  readonly state: RunState
  readonly record: CreateRun
}

/** What one group adds to one series: a segment, and the points that its summary is made from, in order and distinct. */
export interface SeriesWrite {
  readonly run: Int64
  readonly key: number
  readonly experiment: Int64
  readonly startTime: Int64
  readonly points: PointSource
  readonly segment: EncodedSegment
}

export interface TextWrite {
  readonly run: Int64
  readonly key: number
  readonly experiment: Int64
  readonly startTime: Int64
  readonly value: string
}

export interface ModelMetricWrite extends StoredModelMetric {
  readonly model: Int64
  readonly experiment: Int64
  readonly key: string
  readonly timestamp: Int64
  readonly step: Int64
  readonly runId: string
}

/** A retry stamp with the answer that repeats of its request get. */
export interface RetryWrite extends StoredRetry {
  readonly id: string
  readonly expires: Int64
}

/** Every row that a group writes; all arrays are in the order of their primary keys, so that writers never deadlock. */
export interface GroupWrites {
  readonly newKeys: readonly KeyWrite[]
  /** Experiments whose catalogue grew. */
  readonly nextKeys: readonly { readonly experiment: Int64; readonly nextKey: number }[]
  readonly newRuns: readonly NewRunWrite[]
  readonly changedRuns: readonly RunState[]
  /** Runs that have just finished, failed or been killed: their series are due for merging. */
  readonly endedRuns: readonly Int64[]
  /** Each (run, key) once. */
  readonly series: readonly SeriesWrite[]
  /** Params that were not there before. */
  readonly params: readonly TextWrite[]
  /** Tags to insert or overwrite. */
  readonly tags: readonly TextWrite[]
  readonly modelMetrics: readonly ModelMetricWrite[]
  readonly retries: readonly RetryWrite[]
}
