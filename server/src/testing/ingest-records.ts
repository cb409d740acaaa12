import type { CreateRun, KeyValue, LogToRun, MetricPoint } from '../ingest/ingest-record.ts'

/** A run id that is told apart by a small number. */
export function testRunId(number: number): string {
  return number.toString(16).padStart(12, '0').padEnd(32, '7')
}

/** A record that creates a run in experiment 0. */
export function createRunRecord(runId: string, more: Partial<CreateRun> = {}): CreateRun {
  const tags = [keyValue('mlflow.runName', 'run')]
  const place = { experiment: 0, artifactUri: `mlflow-artifacts:/0/${runId}/artifacts` }
  return { kind: 'create-run', runId, name: 'run', userId: 'me', startTime: 7, tags, ...place, ...more }
}

/** A record that logs to a run what is given. */
export function logRecord(runId: string, what: Partial<LogToRun>): LogToRun {
  return { kind: 'log', runId, metrics: [], params: [], tags: [], source: 'batch', ...what }
}

export function metricPoint(key: string, value: number, step = 0, timestamp = 1700000000000): MetricPoint {
  return { key, value, step, timestamp }
}

export function keyValue(key: string, value: string): KeyValue {
  return { key, value }
}
