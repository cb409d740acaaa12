/** The stock Python clients, unmodified, against a fresh server: each scenario is a script in `conformance/python/`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMlflow } from './targets/mlflow-server.ts'
import {
  interpreterOf,
  type PythonEnvironment,
  pythonEnvironment,
  pythonEnvironments,
} from './targets/python-environments.ts'
import { repositoryRoot } from './targets/repository.ts'
import { startRunstead, tenantMount } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

interface Scenario {
  readonly script: string
  readonly title: string
  /** Also run where the tracking URI carries a platform and a workspace. */
  readonly tenant: boolean
  /** Only for clients of this major version and newer. */
  readonly since: 2 | 3
}

/** `RUNSTEAD_CONFORMANCE_TARGET=mlflow` runs the same scenarios against the real server, which proves them right. */
const againstMlflow = process.env['RUNSTEAD_CONFORMANCE_TARGET'] === 'mlflow'

const scenarios: readonly Scenario[] = [
  scenario('sklearn_autolog', 'autolog training with its model', { tenant: true }),
  scenario('nested_runs', 'nested hyper-parameter runs', { tenant: true }),
  scenario('metrics_by_batch', '20,000 metrics by log_batch', { tenant: false }),
  scenario('metrics_one_by_one', '2,000 metrics one by one', { tenant: false }),
  scenario('logging_async', 'asynchronous logging', { tenant: true }),
  scenario('parallel_writers', 'parallel writers into one run and many', { tenant: false }),
  scenario('dataset_inputs', 'datasets as inputs and in searches', { tenant: true }),
  scenario('artifact_files', 'artifacts of every shape and name', { tenant: true }),
  scenario('text_artifacts', 'text, dict, figure, image and table artifacts', { tenant: false }),
  scenario('artifact_gigabyte', '1 GiB up and down within 96 MiB of memory', { tenant: false }),
  scenario('search_runs', 'runs/search: every operator and order', { tenant: true }),
  scenario('search_experiments', 'experiments/search: every operator and order', { tenant: true }),
  scenario('delete_restore', 'delete, restore, rename', { tenant: true }),
  scenario('metric_history', 'metric history in pages', { tenant: true }),
  scenario('status_and_tags', 'status, names, tags, limits', { tenant: false }),
  scenario('unicode_names', 'unicode everywhere', { tenant: true }),
  scenario('number_limits', 'NaN, infinities and 64-bit numbers', { tenant: false }),
  scenario('logged_models', 'logged models', { tenant: true, since: 3 }),
]

describe.for(pythonEnvironments)('$title client', (environment) => {
  const interpreter = interpreterOf(environment)
  const known = scenarios.filter((candidate) => environment.name === 'mlflow3' || candidate.since === 2)

  describe.skipIf(interpreter === undefined)(againstMlflow ? 'against the real server' : 'against Runstead', () => {
    let directory: ScratchDirectory
    let server: ServerProcess
    beforeAll(async () => {
      directory = await scratchDirectory('clients')
      server = await startTarget(environment, directory.path)
    })
    afterAll(async () => {
      await server?.stop()
      await directory?.[Symbol.asyncDispose]()
    })

    test.for(known)('$title', async ({ script }) => {
      await runScenario(interpreter!, script, server.url, server)
    })
    test.skipIf(againstMlflow).for(known.filter(({ tenant }) => tenant))(
      '$title, at the tenant mount',
      async ({ script }) => {
        await runScenario(interpreter!, script, server.url + tenantMount, server)
      },
    )
  })
})

function scenario(script: string, title: string, options: { tenant: boolean; since?: 2 | 3 }): Scenario {
  return { script, title, since: 2, ...options }
}

async function startTarget(environment: PythonEnvironment, directory: string): Promise<ServerProcess> {
  if (!againstMlflow) return startRunstead(directory)
  const python = interpreterOf(pythonEnvironment('mlflow3')) ?? interpreterOf(environment)
  return startMlflow(python!, directory)
}

/** Runs one script in a process and a directory of its own; its whole output is the message when it fails. */
async function runScenario(python: string, script: string, trackingUri: string, server: ServerProcess): Promise<void> {
  await using directory = await scratchDirectory('scenario')
  const child = spawn(python, [join(repositoryRoot, 'conformance', 'python', `${script}.py`)], {
    cwd: directory.path,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: trackingUri,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      // A broken server shall show as a failure at once, not after minutes of patient retries.
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2',
      PYTHONDONTWRITEBYTECODE: '1',
      TMPDIR: directory.path,
      ...(againstMlflow ? {} : { RUNSTEAD_SERVER_PID: String(server.pid) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code, `${script}.py failed:\n${output.slice(-6_000)}\nserver:\n${server.output().slice(-2_000)}`).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
}
