import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { Seed, SeededExperiment } from './seed.ts'

/**
 * Writes a seed straight into the SQLite file of an idle MLflow 3.17.0 server: the same rows as its API would write,
 * without the minutes that takes.
 */
export function seedMlflowFile(file: string, seed: Seed): SeededExperiment {
  using db = new DatabaseSync(file, { timeout: 30_000 })
  const now = Date.now()
  const addExperiment = db.prepare(`
    INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    VALUES (?, '', 'active', ?, ?)`)
  const addRun = db.prepare(`
    INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
      source_version, lifecycle_stage, artifact_uri, experiment_id)
    VALUES (?, ?, 'UNKNOWN', '', '', 'bench', 'RUNNING', ?, '', 'active', ?, ?)`)
  const addMetric = db.prepare(
    'INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)',
  )
  const addLatest = db.prepare(
    'INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)',
  )
  const addParam = db.prepare('INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)')
  const addTag = db.prepare('INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)')

  db.exec('BEGIN IMMEDIATE')
  const experiment = addExperiment.run(seed.experiment, now, now).lastInsertRowid
  db.prepare('UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?').run(
    `mlflow-artifacts:/${experiment}`,
    experiment,
  )
  const runIds = Array.from({ length: seed.runs }, (_, index) => {
    const id = randomUUID().replaceAll('-', '')
    const { name, startTime, metrics, params, tags } = seed.run(index)
    addRun.run(id, name, startTime, `mlflow-artifacts:/${experiment}/${id}/artifacts`, experiment)
    for (const { key, value, timestamp, step } of metrics) addMetric.run(key, value, timestamp, id, step)
    for (const { key, value, timestamp, step } of new Map(metrics.map((metric) => [metric.key, metric])).values()) {
      addLatest.run(key, value, timestamp, step, id)
    }
    for (const { key, value } of params) addParam.run(key, value, id)
    for (const { key, value } of [...tags, { key: 'mlflow.runName', value: name }]) addTag.run(key, value, id)
    return id
  })
  db.exec('COMMIT')
  return { experimentId: String(experiment), runIds }
}
