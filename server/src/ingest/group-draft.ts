import { type KeyKind, keyKind } from '../db/tables/tables.ts'
import { compareInt64, type Int64 } from '../lib/int64.ts'
import type { GroupState, RunState } from './group-state.ts'
import type {
  GroupWrites,
  KeyWrite,
  ModelMetricWrite,
  NewRunWrite,
  RetryWrite,
  SeriesWrite,
  TextWrite,
} from './group-writes.ts'
import type { CreateRun } from './ingest-record.ts'
import { sortedDistinct } from './point-columns.ts'
import { encodeSegment } from './segment-codec.ts'

/** Points of one series in the order of arrival. */
interface SeriesDraft {
  readonly steps: Int64[]
  readonly timestamps: Int64[]
  readonly values: number[]
}

/** What the accepted records of a group have made of one run so far. */
export interface RunDraft {
  state: RunState
  /** Set when the group created the run. */
  readonly created: CreateRun | undefined
  changed: boolean
  readonly series: Map<string, SeriesDraft>
  readonly params: Map<string, string>
  readonly tags: Map<string, string>
}

/** What the accepted records of a group have done so far; later records see it. */
export interface GroupDraft {
  readonly state: GroupState
  readonly runs: Map<string, RunDraft>
  readonly modelMetrics: Map<string, ModelMetricWrite>
  /** By id. */
  readonly retries: Map<string, RetryWrite>
}

export function createGroupDraft(state: GroupState): GroupDraft {
  return { state, runs: new Map(), modelMetrics: new Map(), retries: new Map() }
}

/** The draft of a run that is stored or was created in the group. */
export function runDraft(draft: GroupDraft, runId: string): RunDraft | undefined {
  const known = draft.runs.get(runId)
  if (known !== undefined) return known
  const stored = draft.state.runs.get(runId)
  return stored === undefined ? undefined : addRunDraft(draft, stored, undefined)
}

export function addRunDraft(draft: GroupDraft, state: RunState, created: CreateRun | undefined): RunDraft {
  const run = { state, created, changed: false, series: new Map(), params: new Map(), tags: new Map() }
  draft.runs.set(state.runId, run)
  return run
}

/** The rows that the draft comes to. Names that are new to their experiment get their numbers here. */
export function writesOf(draft: GroupDraft): GroupWrites {
  const numbers = createNumbering(draft.state)
  const newRuns: NewRunWrite[] = []
  const endedRuns: Int64[] = []
  const changedRuns: RunState[] = []
  const series: SeriesWrite[] = []
  const params: TextWrite[] = []
  const tags: TextWrite[] = []
  const runs = [...draft.runs.values()].sort((a, b) => compareInt64(a.state.run, b.state.run))
  for (const run of runs) {
    if (run.created !== undefined) newRuns.push({ state: run.state, record: run.created })
    else if (run.changed) changedRuns.push(run.state)
    if (hasEnded(draft, run)) endedRuns.push(run.state.run)
    addSorted(series, seriesWrites(run, numbers))
    addSorted(params, textWrites(run, run.params, keyKind.param, numbers))
    addSorted(tags, textWrites(run, run.tags, keyKind.tag, numbers))
  }
  const modelMetrics = [...draft.modelMetrics.values()]
  const retries = [...draft.retries.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { ...numbers.grown(), newRuns, changedRuns, endedRuns, series, params, tags, modelMetrics, retries }
}

/** RunStatus FINISHED, FAILED, KILLED. */
const terminalStatuses: readonly number[] = [3, 4, 5]

function hasEnded({ state: { runs } }: GroupDraft, { state }: RunDraft): boolean {
  return terminalStatuses.includes(state.status) && runs.get(state.runId)?.status !== state.status
}

function seriesWrites({ series, state }: RunDraft, numbers: Numbering): SeriesWrite[] {
  const { run, experiment, startTime } = state
  return Array.from(series, ([name, arrived]) => {
    const points = sortedDistinct(arrived)
    const key = numbers.of(experiment, keyKind.metric, name)
    return { run, key, experiment, startTime, points, segment: encodeSegment(points, 'fast') }
  })
}

function textWrites(
  { state }: RunDraft,
  texts: ReadonlyMap<string, string>,
  kind: KeyKind,
  numbers: Numbering,
): TextWrite[] {
  const { run, experiment, startTime } = state
  return Array.from(texts, ([name, value]) => {
    return { run, key: numbers.of(experiment, kind, name), experiment, startTime, value }
  })
}

function addSorted<T extends { readonly key: number }>(all: T[], added: T[]): void {
  if (added.length > 1) added.sort((a, b) => a.key - b.key)
  for (const write of added) all.push(write)
}

interface Numbering {
  of(experiment: Int64, kind: KeyKind, name: string): number
  grown(): Pick<GroupWrites, 'newKeys' | 'nextKeys'>
}

function createNumbering(state: GroupState): Numbering {
  const added = new Map<string, KeyWrite>()
  const next = new Map<Int64, number>()
  const number = (experiment: Int64, kind: KeyKind, name: string): number => {
    const id = `${experiment}/${kind}/${name}`
    const known = added.get(id)
    if (known !== undefined) return known.key
    const key = next.get(experiment) ?? state.experiments.get(experiment)?.nextKey
    if (key === undefined) throw new Error(`the catalogue of experiment ${experiment} has not been read`)
    next.set(experiment, key + 1)
    added.set(id, { experiment, kind, key, name })
    return key
  }
  return {
    of: (experiment, kind, name) => state.keys.get(experiment)?.[kind].get(name) ?? number(experiment, kind, name),
    grown: () => ({
      newKeys: [...added.values()],
      nextKeys: Array.from(next, ([experiment, nextKey]) => ({ experiment, nextKey })).sort((a, b) =>
        compareInt64(a.experiment, b.experiment),
      ),
    }),
  }
}
