/** The stock Python clients, unmodified, against a fresh server: each scenario is a script in `conformance/python/`. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { againstMlflow, runClientScript } from './targets/client-script.ts'
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
  scenario('artifact_gigabyte', '1 GiB up within 96 MiB of memory and down within 32', { tenant: false }),
  scenario('search_runs', 'runs/search: every operator and order', { tenant: true }),
  scenario('search_experiments', 'experiments/search: every operator and order', { tenant: true }),
  scenario('delete_restore', 'delete, restore, rename', { tenant: true }),
  scenario('metric_history', 'metric history in pages', { tenant: true }),
  scenario('status_and_tags', 'status, names, tags, limits', { tenant: false }),
  scenario('unicode_names', 'unicode everywhere', { tenant: true }),
  scenario('number_limits', 'NaN, infinities and 64-bit numbers', { tenant: false }),
  scenario('logged_models', 'logged models', { tenant: true, since: 3 }),
  scenario('registry_models', 'a scikit-learn model through its life in the registry', { tenant: true }),
  scenario('boosted_trees', 'LightGBM models registered and loaded back', { tenant: false }),
  scenario('registry_search', 'searches of models and versions', { tenant: true }),
  scenario('registry_refusals', 'what the registry refuses', { tenant: false }),
  scenario('prompts', 'the prompt registry', { tenant: true }),
  scenario('webhooks', 'webhooks and what they are sent', { tenant: true, since: 3 }),
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
  // The scenarios receive their webhooks on this machine.
  if (!againstMlflow) return startRunstead(directory, ['--webhook-schemes', 'https,http', '--webhook-private-targets'])
  const python = interpreterOf(pythonEnvironment('mlflow3')) ?? interpreterOf(environment)
  return startMlflow(python!, directory)
}

/** Runs one script of `conformance/python/`. */
function runScenario(python: string, script: string, trackingUri: string, server: ServerProcess): Promise<void> {
  const path = join(repositoryRoot, 'conformance', 'python', `${script}.py`)
  return runClientScript({ title: `${script}.py`, command: python, args: [path], trackingUri, server })
}
