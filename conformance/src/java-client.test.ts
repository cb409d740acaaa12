/** The stock Java client, unmodified, against a fresh server: `conformance/java/RegistryScenario.java`. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import { againstMlflow, runClientScript } from './targets/client-script.ts'
import { javaClient, javaClientMissing } from './targets/java-client.ts'
import { startMlflow } from './targets/mlflow-server.ts'
import { interpreterOf, pythonEnvironment } from './targets/python-environments.ts'
import { startRunstead, tenantMount } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

describe.skipIf(javaClientMissing() !== undefined)('Java client', () => {
  let directory: ScratchDirectory
  let server: ServerProcess
  beforeAll(async () => {
    directory = await scratchDirectory('java')
    server = await (againstMlflow
      ? startMlflow(interpreterOf(pythonEnvironment('mlflow3'))!, directory.path)
      : startRunstead(directory.path))
  })
  afterAll(async () => {
    await server?.stop()
    await directory?.[Symbol.asyncDispose]()
  })

  const mounts = againstMlflow
    ? [['stock mount', '']]
    : [
        ['stock mount', ''],
        ['tenant mount', tenantMount],
      ]
  test.for(mounts)('an experiment, runs and the registry at the %s', async ([, mount]) => {
    await runClientScript({
      title: 'RegistryScenario.java',
      command: 'java',
      args: ['-cp', javaClient.classPath, javaClient.scenario],
      trackingUri: server.url + mount,
      server,
    })
  })
})
