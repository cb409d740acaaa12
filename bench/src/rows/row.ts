import type { Sample } from '../measure/sample.ts'
import { median } from '../measure/statistics.ts'
import type { TargetName } from '../targets/target.ts'

export type Unit = '/s' | 'MiB/s' | 'ms' | 'MB' | '×'

/** What issue and README promise of a row. */
export type Goal =
  /** Runstead's value is at least this many times that of `against`. */
  | { readonly kind: 'times'; readonly against: TargetName; readonly factor: number }
  /** Runstead's value is at least this, in the unit of the row. */
  | { readonly kind: 'at-least'; readonly limit: number }
  /** Runstead's value is at most this, in the unit of the row. */
  | { readonly kind: 'at-most'; readonly limit: number }

/** A line of the result table: what is done and what is expected. */
export interface RowHead {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly connections?: number
  readonly goals: readonly Goal[]
  /** What a reader must know to judge the figures. */
  readonly note?: string
}

/** The rounds of one server and their medians. */
export interface Cell extends Sample {
  readonly rounds: readonly Sample[]
}

interface GoalResult {
  readonly goal: Goal
  /** The ratio, or the value itself; NaN when one side was not measured. */
  readonly measured: number
  readonly met: boolean
}

export interface RowResult extends RowHead {
  readonly measuredAt: string
  readonly cells: Readonly<Partial<Record<TargetName, Cell>>>
  readonly goalResults: readonly GoalResult[]
}

/** Medians of the rounds, and what they say about the goals. Errors are added up. */
export function rowResult(head: RowHead, samples: ReadonlyMap<TargetName, readonly Sample[]>): RowResult {
  const cells: Partial<Record<TargetName, Cell>> = {}
  for (const [name, rounds] of samples) if (rounds.length > 0) cells[name] = cellOf(rounds)
  return {
    ...head,
    measuredAt: new Date().toISOString(),
    cells,
    goalResults: head.goals.map((goal) => judge(goal, cells)),
  }
}

function cellOf(rounds: readonly Sample[]): Cell {
  const middle = (field: (sample: Sample) => number | undefined) => {
    const values = rounds.map(field).filter((value) => value !== undefined)
    return values.length === 0 ? undefined : median(values)
  }
  const numbers = {
    p50Ms: middle((sample) => sample.p50Ms),
    p99Ms: middle((sample) => sample.p99Ms),
    cpuMs: middle((sample) => sample.cpuMs),
    rssBytes: middle((sample) => sample.rssBytes),
    generatorCpuMs: middle((sample) => sample.generatorCpuMs),
    foreignCpu: middle((sample) => sample.foreignCpu),
  }
  return {
    value: median(rounds.map((sample) => sample.value)),
    ...(Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)) as Partial<Sample>),
    errors: rounds.reduce((sum, sample) => sum + sample.errors, 0),
    firstError: rounds.find((sample) => sample.firstError !== undefined)?.firstError,
    rounds,
  }
}

function judge(goal: Goal, cells: Partial<Record<TargetName, Cell>>): GoalResult {
  const own = cells.runstead?.value ?? Number.NaN
  switch (goal.kind) {
    case 'times': {
      const measured = own / (cells[goal.against]?.value ?? Number.NaN)
      return { goal, measured, met: measured >= goal.factor }
    }
    case 'at-least':
      return { goal, measured: own, met: own >= goal.limit }
    case 'at-most':
      return { goal, measured: own, met: own <= goal.limit }
  }
}
