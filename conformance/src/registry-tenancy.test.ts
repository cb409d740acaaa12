/** The registry belongs to the platform: stock clients in two workspaces of one platform, and on another platform. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { againstMlflow, runClientScript } from './targets/client-script.ts'
import { interpreterOf, pythonEnvironments } from './targets/python-environments.ts'
import { repositoryRoot } from './targets/repository.ts'
import { startRunstead, tenantMount } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const platforms = '/20260430/aiDataPlatforms'
const defaultPlatform = 'ocid1.aidataplatform.local..default'

describe.skipIf(againstMlflow)('the registry of two workspaces and two platforms', () => {
  let directory: ScratchDirectory
  let server: ServerProcess
  let otherPlatform = ''
  let secondWorkspace = ''
  beforeAll(async () => {
    directory = await scratchDirectory('tenancy')
    server = await startRunstead(directory.path)
    const args = ['server/bin/runstead.js', 'platform', 'create', '--name', 'other', '--data-dir', directory.path]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: repositoryRoot })
    otherPlatform = stdout.trim()
    const created = await fetch(`${server.url}${platforms}/${defaultPlatform}/workspaces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ displayName: 'second' }),
    })
    expect(created.status).toBe(201)
    secondWorkspace = ((await created.json()) as { key: string }).key
  })
  afterAll(async () => {
    await server?.stop()
    await directory?.[Symbol.asyncDispose]()
  })

  test.for(pythonEnvironments)('$title client', async (environment, { skip }) => {
    const interpreter = interpreterOf(environment)
    if (interpreter === undefined) return skip()
    await runClientScript({
      title: 'registry_shared.py',
      command: interpreter,
      args: [join(repositoryRoot, 'conformance', 'python', 'registry_shared.py')],
      trackingUri: server.url + tenantMount,
      server,
      env: {
        RUNSTEAD_SECOND_WORKSPACE: `${server.url}${platforms}/${defaultPlatform}/workspaces/${secondWorkspace}/mlops`,
        RUNSTEAD_OTHER_PLATFORM: `${server.url}${platforms}/${otherPlatform}/workspaces/default/mlops`,
      },
    })
  })
})
