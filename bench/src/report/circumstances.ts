import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Options } from '../options.ts'
import { mlflowEnvironment, mlflowPython } from '../targets/start-target.ts'

/** Under what conditions the figures came about. */
export interface Circumstances {
  readonly date: string
  readonly machine: string
  readonly node: string
  readonly mlflow: string
  readonly commit: string
  readonly rounds: number
  readonly seconds: number
  readonly quick: boolean
}

/** Looks at the machine and at what is installed. */
export function circumstances({ rounds, seconds, quick }: Options): Circumstances {
  return {
    date: new Date().toISOString(),
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GB`,
    node: process.version.slice(1),
    mlflow: output(mlflowPython(), ['-c', 'import mlflow; print(mlflow.__version__)']),
    commit: output('git', ['rev-parse', '--short', 'HEAD']),
    rounds,
    seconds,
    quick,
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
