import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from '../measure/statistics.ts'
import type { Options } from '../options.ts'
import { mlflowEnvironment, mlflowPython } from '../targets/start-target.ts'

/** Under what conditions the figures came about. */
export interface Circumstances {
  readonly date: string
  readonly machine: string
  /** Median time of a 4 KiB write followed by fdatasync in the work directory, in ms: what a commit costs at least. */
  readonly commitMs: number
  readonly node: string
  readonly mlflow: string
  readonly commit: string
  readonly rounds: number
  readonly seconds: number
  readonly quick: boolean
}

/** Looks at the machine and at what is installed. */
export function circumstances({ rounds, seconds, quick, workDirectory }: Options): Circumstances {
  return {
    date: new Date().toISOString(),
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GB`,
    commitMs: commitTime(workDirectory),
    node: process.version.slice(1),
    mlflow: output(mlflowPython(), ['-c', 'import mlflow; print(mlflow.__version__)']),
    commit: output('git', ['rev-parse', '--short', 'HEAD']),
    rounds,
    seconds,
    quick,
  }
}

function commitTime(directory: string): number {
  const file = join(directory, `runstead-bench-commit-${process.pid}`)
  const block = Buffer.alloc(4096, 1)
  const handle = openSync(file, 'w')
  try {
    const times = Array.from({ length: 200 }, () => {
      const start = performance.now()
      writeSync(handle, block)
      fdatasyncSync(handle)
      return performance.now() - start
    })
    return median(times)
  } finally {
    closeSync(handle)
    rmSync(file)
  }
}

function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, {
      env: { ...process.env, ...mlflowEnvironment },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'unknown'
  }
}
