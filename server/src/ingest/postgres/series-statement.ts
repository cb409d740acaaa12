import type { SeriesWrite } from '../group-writes.ts'
import { chunkFrom, segmentsBeforeMerge } from '../merge-trigger.ts'
import { byteaArray, float8Array, int4Array, int8Array } from './binary-arrays.ts'

/** What the statements below read as `u`, from parameters $4 to $22: one row for each series, as `seriesColumns` gives it. */
export const seriesRows = `unnest($4::int8[], $5::int4[], $6::int8[], $7::int8[], $8::int8[], $9::int8[], $10::int8[],
    $11::int8[], $12::int8[], $13::int8[], $14::int4[], $15::float8[], $16::float8[], $17::float8[], $18::float8[],
    $19::float8[], $20::int4[], $21::int4[], $22::bytea[])
  as u (run, key, experiment, start_time, first_step, last_step, first_ts, last_ts, first_point_ts, last_point_ts, n,
    min_value, max_value, first_value, last_value, segment_vlast, nan_count, codec, payload)`

const newer = `(excluded.last_step, excluded.last_ts, coalesce(excluded.last_value, 0)) >
        (s.last_step, s.last_ts, coalesce(s.last_value, 0))`
const older = `(excluded.first_step, excluded.first_ts, coalesce(excluded.first_value, 0)) <
        (s.first_step, s.first_ts, coalesce(s.first_value, 0))`

function takenIf(condition: string): (column: string) => string {
  return (column) => `${column} = case when ${condition} then excluded.${column} else s.${column} end`
}

/**
 * Common table expressions that write what `g` selects from `seriesRows`, ordered by (run, key): the segments ($2 is their
 * number), the summaries, and which series are due for merging ($3 is the time). $1 is the tenant.
 */
export const seriesWrites = `
  segments as (
    insert into metric_segments (tenant, run, key, first_step, segment, last_step, first_ts, last_ts, n, vmin, vmax,
      vfirst, vlast, nan_count, codec, location, payload)
    select $1::int4, run, key, first_step, $2::int8, last_step, first_ts, last_ts, n,
      case when codec <> 0 then min_value end, case when codec <> 0 then max_value end,
      first_value, segment_vlast, nan_count, codec, 0, payload
    from g
  ), summaries as (
    insert into metric_summary as s (tenant, run, key, experiment, start_time, last_value, last_nan, last_step, last_ts,
      min_value, max_value, first_value, first_nan, first_step, first_ts, points, nan_count)
    select $1::int4, run, key, experiment, start_time, last_value, (last_value is null)::int, last_step, last_point_ts,
      min_value, max_value, first_value, (first_value is null)::int, first_step, first_point_ts, n, nan_count
    from g order by run, key
    on conflict (tenant, run, key) do update set
      ${['last_value', 'last_nan', 'last_step', 'last_ts'].map(takenIf(newer)).join(', ')},
      min_value = least(s.min_value, excluded.min_value),
      max_value = greatest(s.max_value, excluded.max_value),
      ${['first_value', 'first_nan', 'first_step', 'first_ts'].map(takenIf(older)).join(', ')},
      points = s.points + excluded.points,
      nan_count = s.nan_count + excluded.nan_count
    returning s.run, s.key, s.points
  ), due as (
    insert into series_todo (tenant, run, key, since)
    select $1::int4, run, key, $3::int8
    from g join summaries s using (run, key)
    where n < ${chunkFrom} and s.points / (${segmentsBeforeMerge} * least(n, 64)) <>
      (s.points - n) / (${segmentsBeforeMerge} * least(n, 64))
    order by run, key
    on conflict do nothing
  )`

/** Writes series whose runs are locked already; parameters: tenant, segment number, time, `seriesColumns`. */
export const seriesInserts = `with g as (select * from ${seriesRows}), ${seriesWrites} select 1`

/** Parameters for `seriesRows`, in the order of the series. */
export function seriesColumns(series: readonly SeriesWrite[]): Buffer[] {
  const segments = series.map(({ segment }) => segment)
  const single = (write: SeriesWrite): boolean => write.segment.n === 1
  return [
    int8Array(series.map((write) => write.run)),
    int4Array(series.map((write) => write.key)),
    int8Array(series.map((write) => write.experiment)),
    int8Array(series.map((write) => write.startTime)),
    int8Array(segments.map((segment) => segment.firstStep)),
    int8Array(segments.map((segment) => segment.lastStep)),
    int8Array(segments.map((segment) => segment.firstTs)),
    int8Array(segments.map((segment) => segment.lastTs)),
    int8Array(series.map(({ points }) => points.timestamps[0]!)),
    int8Array(series.map(({ points }) => points.timestamps[points.timestamps.length - 1]!)),
    int4Array(segments.map((segment) => segment.n)),
    float8Array(series.map((write) => (single(write) ? write.segment.vfirst : write.segment.vmin))),
    float8Array(series.map((write) => (single(write) ? write.segment.vfirst : write.segment.vmax))),
    float8Array(segments.map((segment) => segment.vfirst)),
    float8Array(series.map((write) => (single(write) ? write.segment.vfirst : write.segment.vlast))),
    float8Array(segments.map((segment) => segment.vlast)),
    int4Array(segments.map((segment) => segment.nanCount)),
    int4Array(segments.map((segment) => segment.codec)),
    byteaArray(segments.map((segment) => segment.payload)),
  ]
}
