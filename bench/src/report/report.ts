import type { Cell, Goal, RowResult, Unit } from '../rows/row.ts'
import { type TargetName, targetNames } from '../targets/target.ts'
import type { Circumstances } from './circumstances.ts'
import { markdownTable, number } from './format.ts'

/** Everything one benchmark found out; this is what the JSON file holds. */
export interface Report {
  readonly circumstances: Circumstances
  readonly rows: readonly RowResult[]
}

const titles: Record<TargetName, string> = {
  runstead: 'Runstead',
  mlflow: 'MLflow',
  'mlflow-1': 'MLflow, 1 worker',
  bare: 'bare loop',
}

/** Below this share of the machine, other work is noise. */
const foreignCpuLimit = 0.1

/** The report as Markdown: figures and goals, what they cost, errors, and what to know about them. */
export function renderReport({ circumstances, rows }: Report): string {
  return [
    describe(circumstances),
    '### Results',
    'In each cell the rate, and the CPU time of the whole server for one request. In square brackets the connections.',
    markdownTable(['Work', ...targetNames.map((name) => titles[name]), 'against (goal)'], rows.map(resultCells)),
    '### Latency and memory',
    'Median and 99th percentile of the latency; memory of the whole server at the end of the row.',
    markdownTable(
      ['Work', ...targetNames.map((name) => titles[name])],
      rows.filter((row) => row.unit === '/s' || row.unit === 'MiB/s').map(latencyCells),
    ),
    errorList(rows),
    notes(rows),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function describe({ date, machine, commitMs, node, mlflow, commit, rounds, seconds, quick }: Circumstances): string {
  const measured = `Measured ${date.slice(0, 10)} on ${machine}, ${number(commitMs)} ms for a write to reach the disk; Node ${node}, MLflow ${mlflow}, Runstead at ${commit}.`
  const how = `Medians of ${rounds} rounds of ${seconds} s, the servers in turn; SQLite with \`synchronous=FULL\` for Runstead and the bare loop, MLflow as it comes.`
  return [
    measured,
    how,
    ...(quick ? ['**A quick run with small seeds: not for comparison with published figures.**'] : []),
  ].join('\n')
}

function resultCells(row: RowResult): string[] {
  return [
    label(row),
    ...targetNames.map((name) => resultOf(row.cells[name], row.unit)),
    row.goalResults.map(({ goal, measured, met }) => goalText(goal, measured, met, row.unit)).join('; '),
  ]
}

function resultOf(cell: Cell | undefined, unit: Unit): string {
  if (!cell) return '–'
  const rate = unit === '/s' || unit === 'MiB/s'
  const cpu = rate && cell.cpuMs !== undefined ? ` · ${number(cell.cpuMs)} ms` : ''
  return `${number(cell.value)} ${unit}${cpu}${cell.errors > 0 ? ` (${number(cell.errors)} errors)` : ''}`
}

function label({ title, connections }: RowResult): string {
  return connections === undefined ? title : `${title} [${connections}]`
}

function goalText(goal: Goal, measured: number, met: boolean, unit: string): string {
  const missed = met || Number.isNaN(measured) ? '' : ' ✗'
  switch (goal.kind) {
    case 'at-least':
      return `≥ ${number(goal.limit)} ${unit}${missed}`
    case 'at-most':
      return `≤ ${number(goal.limit)} ${unit}${missed}`
    case 'times': {
      const ratio = (value: number) => (goal.against === 'bare' ? `${number(value * 100)} %` : `${number(value)}×`)
      const whom = goal.against === 'bare' ? ' of bare' : goal.against === 'mlflow-1' ? ' MLflow, 1 worker' : ' MLflow'
      return `${Number.isNaN(measured) ? '–' : ratio(measured)}${whom} (${goal.against === 'bare' ? ratio(goal.factor) : `${goal.factor}×`})${missed}`
    }
  }
}

function latencyCells(row: RowResult): string[] {
  return [label(row), ...targetNames.map((name) => latencyOf(row.cells[name]))]
}

function latencyOf(cell: Cell | undefined): string {
  if (!cell) return '–'
  const latency = cell.p50Ms === undefined ? '' : `${number(cell.p50Ms)} / ${number(cell.p99Ms)} ms · `
  return `${latency}${number(cell.rssBytes === undefined ? undefined : cell.rssBytes / 1e6)} MB`
}

function errorList(rows: readonly RowResult[]): string {
  const lines = rows.flatMap((row) =>
    targetNames.flatMap((name) => {
      const cell = row.cells[name]
      return cell && cell.errors > 0
        ? [`- ${row.id}, ${titles[name]}: ${cell.errors} errors, first: ${cell.firstError ?? 'values missing'}`]
        : []
    }),
  )
  return lines.length === 0 ? 'No request failed.' : ['### Errors', ...lines].join('\n')
}

function notes(rows: readonly RowResult[]): string {
  const lines = rows.flatMap(({ id, note }) => (note === undefined ? [] : [`- ${id}: ${note}`]))
  const disturbed = rows.filter(({ cells }) =>
    Object.values(cells).some(({ foreignCpu }) => (foreignCpu ?? 0) > foreignCpuLimit),
  )
  if (disturbed.length > 0) {
    lines.push(
      `- Other work took more than ${foreignCpuLimit * 100} % of the machine during: ${disturbed.map(({ id }) => id).join(', ')}.`,
    )
  }
  return lines.length === 0 ? '' : ['### Notes', ...lines].join('\n')
}
