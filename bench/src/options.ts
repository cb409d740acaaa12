import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type TargetName, targetNames } from './targets/target.ts'

/** How much there is of everything. */
interface Sizes {
  /** Runs of the experiment that is searched and paged through. */
  readonly searchRuns: number
  /** Runs of the large experiment. */
  readonly largeSearchRuns: number
  /** Runs of other experiments beside the large one. */
  readonly otherRuns: number
  readonly historyPoints: number
  /** Model versions in the registry, for the first rows and for the later ones. */
  readonly versions: number
  readonly manyVersions: number
  readonly loggedModels: number
  /** Points of each of the ten runs of the bulk interval. */
  readonly intervalPoints: number
  readonly artifactBytes: number
  readonly smallFiles: number
  /** Calls of the Python client's loop. */
  readonly clientCalls: number
  /** Wait before the idle memory is read, in ms. */
  readonly idleMs: number
  /** Between the last request and the look at memory at rest. */
  readonly restMs: number
}

export interface Options {
  /** Ids of the rows to run; empty for all. */
  readonly only: readonly string[]
  readonly targets: readonly TargetName[]
  readonly rounds: number
  readonly seconds: number
  readonly quick: boolean
  readonly sizes: Sizes
  /** JSON file for the results; the Markdown table is written beside it. */
  readonly out: string | undefined
  /** Put the rows of this run in place of those in `out`, keep its others. */
  readonly merge: boolean
  /** Checkout of another version of Runstead; the rows of authentication compare with it. */
  readonly before: string | undefined
  /** Where servers keep their data while the benchmark runs. */
  readonly workDirectory: string
  readonly keep: boolean
  readonly list: boolean
  readonly help: boolean
}

const fullSizes: Sizes = {
  searchRuns: 10_000,
  largeSearchRuns: 100_000,
  otherRuns: 300_000,
  historyPoints: 100_000,
  versions: 10_000,
  manyVersions: 100_000,
  loggedModels: 50_000,
  intervalPoints: 10_000,
  artifactBytes: 1024 ** 3,
  smallFiles: 5_000,
  clientCalls: 2_000,
  idleMs: 5_000,
  restMs: 75_000,
}

const quickSizes: Sizes = {
  searchRuns: 2_000,
  largeSearchRuns: 10_000,
  otherRuns: 10_000,
  historyPoints: 20_000,
  versions: 2_000,
  manyVersions: 10_000,
  loggedModels: 5_000,
  intervalPoints: 2_000,
  artifactBytes: 128 * 1024 ** 2,
  smallFiles: 500,
  clientCalls: 200,
  idleMs: 1_000,
  restMs: 75_000,
}

export const help = `npm run bench -- [flags]

  --only a,b        run these rows only (--list names them)
  --targets a,b     of runstead, mlflow, mlflow-1, bare (default: all)
  --rounds n        rounds of each row, their median counts (default 3)
  --seconds s       length of a round (default 3; 0.7 with --quick)
  --quick           short rounds and small seeds: for development, not for publishing
  --out file.json   where the results go, file.md beside it (default: bench/results/latest.json for a full run,
                    nowhere with --quick, --only or --targets)
  --merge           keep the rows of --out which this run does not measure
  --before dir      a checkout of another version of Runstead, for open-server and bearer-before
  --work-dir dir    where the servers keep their data (default: the system's temporary directory); a real disk
  --keep            leave that data there
  --list            name the rows
  --help

The MLflow server comes from the interpreter in RUNSTEAD_PYTHON_MLFLOW3 (default .venv-mlflow3/bin/python).
`

/** Reads the command line. @throws when a flag is unknown or a value makes no sense */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      targets: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      merge: { type: 'boolean', default: false },
      before: { type: 'string' },
      'work-dir': { type: 'string', default: tmpdir() },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const only = names(values.only)
  const targets = names(values.targets).map(targetName)
  const partial = values.quick || only.length > 0 || targets.length > 0
  return {
    only,
    targets: targets.length > 0 ? targets : targetNames,
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds ?? (values.quick ? '0.7' : '3')),
    quick: values.quick,
    sizes: values.quick ? quickSizes : fullSizes,
    out: values.out ?? (partial && !values.merge ? undefined : 'bench/results/latest.json'),
    merge: values.merge,
    before: values.before === undefined ? undefined : resolve(values.before),
    workDirectory: values['work-dir'],
    keep: values.keep,
    list: values.list,
    help: values.help,
  }
}

function names(list: string): string[] {
  return list.split(',').filter((name) => name !== '')
}

function targetName(name: string): TargetName {
  const found = targetNames.find((known) => known === name)
  if (!found) throw new Error(`unknown target ${name}; there are ${targetNames.join(', ')}`)
  return found
}

function positive(flag: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${flag} must be a positive number`)
  return value
}
