/** The benchmark: `npm run bench`. See ../README.md for what it does and how to read it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { startLoadGenerator } from './load/generator-process.ts'
import { help, type Options, readOptions } from './options.ts'
import { circumstances } from './report/circumstances.ts'
import { type Report, renderReport } from './report/report.ts'
import { allRows } from './rows/all-rows.ts'
import { openBench, type Work } from './rows/bench.ts'
import type { RowResult } from './rows/row.ts'
import { mlflowPython } from './targets/start-target.ts'

/** f_type of a file system in memory, see statfs(2). */
const tmpfs = 0x01021994

const order = allRows.flatMap(({ ids }) => ids)

function chosen({ only }: Options): readonly Work[] {
  const unknown = only.filter((id) => !order.includes(id))
  if (unknown.length > 0) throw new Error(`unknown rows ${unknown.join(', ')}; --list names them`)
  return only.length === 0 ? allRows : allRows.filter(({ ids }) => ids.some((id) => only.includes(id)))
}

function requireMlflow({ targets }: Options): void {
  if (!targets.some((name) => name.startsWith('mlflow')) || existsSync(mlflowPython())) return
  throw new Error(
    `no Python with MLflow at ${mlflowPython()}: set RUNSTEAD_PYTHON_MLFLOW3, or leave MLflow out with --targets runstead,bare`,
  )
}

function warn({ workDirectory }: Options): void {
  if (statfsSync(workDirectory).type === tmpfs) {
    process.stderr.write(
      `${workDirectory} lies in memory: commits cost nothing there. Choose a real disk with --work-dir.\n`,
    )
  }
  if (availableParallelism() > 2) {
    process.stderr.write(`the published figures are for two processors: taskset -c 0,1 npm run bench\n`)
  }
}

async function measure(options: Options, works: readonly Work[], root: string): Promise<RowResult[]> {
  const results: RowResult[] = []
  using generator = startLoadGenerator()
  await using bench = openBench(options, root, generator)
  for (const work of works) {
    try {
      results.push(...(await work.run(bench)))
    } catch (error) {
      // One row that cannot be measured must not cost the others; the exit status tells.
      process.exitCode = 1
      bench.progress(
        `${work.ids.join(', ')} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      )
    }
  }
  return results
}

function write(out: string, report: Report, merge: boolean): void {
  const before = merge && existsSync(out) ? (JSON.parse(readFileSync(out, 'utf8')) as Report).rows : []
  const kept = before.filter(({ id }) => !report.rows.some((row) => row.id === id))
  const rows = [...kept, ...report.rows].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
  const whole = { ...report, rows }
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, `${JSON.stringify(whole, null, 1)}\n`)
  writeFileSync(out.replace(/\.json$/, '.md'), renderReport(whole))
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options.help || options.list) {
    process.stdout.write(options.help ? help : `${order.join('\n')}\n`)
    return
  }
  const works = chosen(options)
  requireMlflow(options)
  warn(options)
  const around = circumstances(options)
  const root = mkdtempSync(join(options.workDirectory, 'runstead-bench-'))
  process.on('exit', () => {
    if (options.keep) process.stderr.write(`data kept in ${root}\n`)
    else rmSync(root, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const report = { circumstances: around, rows: await measure(options, works, root) }
  process.stdout.write(`\n${renderReport(report)}`)
  if (options.out !== undefined) write(options.out, report, options.merge)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
