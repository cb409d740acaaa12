import type { Cell, Goal, RowResult } from '../rows/row.ts'
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
    markdownTable(['Work', ...targetNames.map((name) => titles[name]), 'against (goal)'], rows.map(resultCells)),
    '### What a request costs',
    'CPU time of the whole server, median and 99th percentile of the latency, and its memory at the end of the row.',
    markdownTable(
      ['Work', ...targetNames.flatMap((name) => [`${titles[name]}: CPU ms`, 'p50 / p99 ms', 'MB'])],
      rows.filter((row) => row.unit === '/s' || row.unit === 'MiB/s').map(costCells),
    ),
    errorList(rows),
    notes(rows),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function describe({ date, machine, node, mlflow, commit, rounds, seconds, quick }: Circumstances): string {
  const measured = `Measured ${date.slice(0, 10)} on ${machine}; Node ${node}, MLflow ${mlflow}, Runstead at ${commit}.`
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
    ...targetNames.map((name) => {
      const cell = row.cells[name]
      return cell ? `${number(cell.value)} ${row.unit}${cell.errors > 0 ? ` (${cell.errors} errors)` : ''}` : '–'
    }),
    row.goalResults.map(({ goal, measured, met }) => goalText(goal, measured, met, row.unit)).join('; '),
  ]
}

function label({ title, connections }: RowResult): string {
  return connections === undefined ? title : `${title} [${connections}]`
}

function goalText(goal: Goal, measured: number, met: boolean, unit: string): string {
  const missed = met || Number.isNaN(measured) ? '' : ' ✗'
  switch (goal.kind) {
    case 'at-most':
      return `≤ ${number(goal.limit)} ${unit}${missed}`
    case 'times': {
      const ratio = (value: number) => (goal.against === 'bare' ? `${number(value * 100)} %` : `${number(value)}×`)
      const whom = goal.against === 'bare' ? ' of bare' : goal.against === 'mlflow-1' ? ' MLflow, 1 worker' : ' MLflow'
      return `${Number.isNaN(measured) ? '–' : ratio(measured)}${whom} (${goal.against === 'bare' ? ratio(goal.factor) : `${goal.factor}×`})${missed}`
    }
  }
}

function costCells(row: RowResult): string[] {
  return [label(row), ...targetNames.flatMap((name) => costOf(row.cells[name]))]
}

function costOf(cell: Cell | undefined): string[] {
  if (!cell) return ['–', '–', '–']
  return [
    number(cell.cpuMs),
    cell.p50Ms === undefined ? '–' : `${number(cell.p50Ms)} / ${number(cell.p99Ms)}`,
    number(cell.rssBytes === undefined ? undefined : cell.rssBytes / 1e6),
  ]
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
