import { AppError } from '../errors/app-error.ts'
import {
  alreadyExists,
  badRequest,
  conflict,
  experimentNotActive,
  experimentNotFound,
  noEtagMatch,
  runNotActive,
  runNotFound,
} from '../errors/errors.ts'
import { allowsRevision } from '../lib/if-match.ts'
import type { Int64 } from '../lib/int64.ts'
import { pythonStringRepr } from '../lib/python-repr.ts'
import { runNumber } from '../lib/run-number.ts'
import { addRunDraft, createGroupDraft, type GroupDraft, type RunDraft, runDraft, writesOf } from './group-draft.ts'
import type { GroupState } from './group-state.ts'
import type { GroupWrites } from './group-writes.ts'
import type { CreateRun, IngestRecord, IngestResult, KeyValue, LogToRun, UpdateRun } from './ingest-record.ts'
import { modelMetricsOf } from './plan-model-metrics.ts'
import { keepAnswer, repeatedResult } from './plan-retries.ts'
import { unstorableText } from './plan-texts.ts'
import { runNameTag } from './run-name-tag.ts'

const statusRunning = 1

export interface GroupPlan {
  /** One for each record, in order. */
  readonly results: IngestResult[]
  readonly writes: GroupWrites
}

/**
 * Decides what becomes of a group of records: a pure function of what is stored. Each record is taken or refused as a
 * whole, and sees what the records before it did. The rules are those of MLflow's tracking store.
 */
export function planGroup(state: GroupState, records: readonly IngestRecord[]): GroupPlan {
  const draft = createGroupDraft(state)
  const results = records.map((record) => planRecord(draft, record))
  return { results, writes: writesOf(draft) }
}

function planRecord(draft: GroupDraft, record: IngestRecord): IngestResult {
  const repeated = repeatedResult(draft, record)
  if (repeated !== undefined) return repeated
  const unstorable = unstorableText(draft.state, record)
  if (unstorable !== undefined) return refused(unstorable)
  switch (record.kind) {
    case 'log':
      return log(draft, record)
    case 'create-run':
      return createRun(draft, record)
    case 'update-run':
      return updateRun(draft, record)
  }
}

function log(draft: GroupDraft, record: LogToRun): IngestResult {
  const run = activeRun(draft, record)
  if (run instanceof AppError) return refused(run)
  const params = newParams(draft, run, record)
  if (params instanceof AppError) return refused(params)
  const modelMetrics = modelMetricsOf(draft, record)
  if (modelMetrics instanceof AppError) return refused(modelMetrics)

  addPoints(run, record)
  for (const [identity, metric] of modelMetrics) draft.modelMetrics.set(identity, metric)
  for (const [key, value] of params) run.params.set(key, value)
  let changed = params.size > 0
  for (const tag of record.tags) changed = setTag(run, tag) || changed
  if (changed) raiseRevision(run)
  return keepAnswer(draft, record, run.state)
}

function createRun(draft: GroupDraft, record: CreateRun): IngestResult {
  const existing = runDraft(draft, record.runId)
  if (existing !== undefined) {
    return draft.state.repeated
      ? keepAnswer(draft, record, existing.state)
      : refused(alreadyExists(`Run(id=${record.runId}) already exists.`))
  }
  if (record.ifMatch !== undefined) return refused(noEtagMatch())
  const experiment = draft.state.experiments.get(record.experiment)
  if (experiment === undefined) return refused(experimentNotFound(String(record.experiment)))
  if (experiment.deleted) return refused(experimentNotActive(String(record.experiment)))
  const run = runNumber(record.runId)
  if (run === undefined) return refused(badRequest(`'${record.runId}' is not a run id.`))
  const { runId, startTime, name } = record
  const fixed = { run, runId, experiment: record.experiment, startTime, deleted: false }
  const created = addRunDraft(draft, { ...fixed, name, status: statusRunning, endTime: null, revision: 1 }, record)
  for (const { key, value } of record.tags) created.tags.set(key, value)
  return keepAnswer(draft, record, created.state)
}

function updateRun(draft: GroupDraft, record: UpdateRun): IngestResult {
  const run = activeRun(draft, record)
  if (run instanceof AppError) return refused(run)
  const { status = run.state.status, endTime = run.state.endTime } = record
  run.state = { ...run.state, status, endTime }
  if (record.name !== undefined) setTag(run, { key: runNameTag, value: record.name })
  raiseRevision(run)
  return keepAnswer(draft, record, run.state)
}

function activeRun(draft: GroupDraft, { runId, ifMatch }: LogToRun | UpdateRun): RunDraft | AppError {
  const run = runDraft(draft, runId)
  if (run === undefined) return runNotFound(runId)
  // What is asked for again has raised the revision already.
  if (ifMatch !== undefined && !draft.state.repeated && !allowsRevision(ifMatch, run.state.revision))
    return noEtagMatch()
  return run.state.deleted ? runNotActive(runId) : run
}

/** The params of a record that the run does not have; a param with another value refuses the record. */
function newParams(draft: GroupDraft, run: RunDraft, record: LogToRun): ReadonlyMap<string, string> | AppError {
  const added = new Map<string, string>()
  const changed: { key: string; old: string; new: string }[] = []
  const stored = draft.state.params.get(record.runId)
  for (const { key, value } of record.params) {
    const old = stored?.get(key) ?? run.params.get(key) ?? added.get(key)
    if (old === undefined) added.set(key, value)
    else if (old !== value) changed.push({ key, old, new: value })
  }
  const first = changed[0]
  if (first === undefined) return added
  if (record.source === 'single') {
    return conflict(
      `Changing param values is not allowed. Param with key='${first.key}' was already logged with value='${first.old}'` +
        ` for run ID='${record.runId}'. Attempted logging new value '${first.new}'.`,
    )
  }
  const repr = pythonStringRepr
  const list = changed.map((p) => `{'key': ${repr(p.key)}, 'old_value': ${repr(p.old)}, 'new_value': ${repr(p.new)}}`)
  return conflict(
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]'` +
      ` for run ID='${record.runId}'.`,
  )
}

function addPoints(run: RunDraft, record: LogToRun): void {
  for (const { key, value, timestamp, step } of record.metrics) {
    let series = run.series.get(key)
    if (series === undefined) {
      series = { steps: [], timestamps: [], values: [] }
      run.series.set(key, series)
    }
    series.steps.push(step)
    series.timestamps.push(timestamp)
    // SQLite drops the sign of a zero, with MLflow as with us; adding 0 makes both engines answer alike.
    series.values.push(value + 0)
  }
}

/**
 * Sets a tag; the one that holds the run's name renames it, and does nothing when empty.
 *
 * @returns whether anything was set
 */
function setTag(run: RunDraft, { key, value }: KeyValue): boolean {
  if (key === runNameTag) {
    if (value === '') return false
    run.state = { ...run.state, name: value }
  }
  run.tags.set(key, value)
  return true
}

function raiseRevision(run: RunDraft): void {
  run.state = { ...run.state, revision: successor(run.state.revision) }
  run.changed = true
}

function successor(revision: Int64): Int64 {
  return typeof revision === 'bigint' ? revision + 1n : revision + 1
}

function refused(error: AppError): IngestResult {
  return { ok: false, code: error.code, message: error.message }
}
