/** Oracle's Python SDK, case by case: each script in `conformance/python/` has its own subject. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOciUser } from './oci/oci-client.ts'
import { writeOciConfig } from './oci/oci-config.ts'
import { type ScriptedProxy, startScriptedProxy } from './oci/scripted-proxy.ts'
import { interpreterOf, ociEnvironment } from './targets/python-environments.ts'
import { repositoryRoot } from './targets/repository.ts'
import { startRunstead } from './targets/runstead-server.ts'
import { scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const python = interpreterOf(ociEnvironment)
const execute = promisify(execFile)

describe.skipIf(python === undefined)("Oracle's Python SDK", { timeout: 120_000 }, () => {
  const stack = new AsyncDisposableStack()
  let server: ServerProcess
  let proxy: ScriptedProxy
  let config: string

  beforeAll(async () => {
    const directory = stack.use(await scratchDirectory('oci-python-wire')).path
    config = writeOciConfig(directory, createOciUser(directory, 'ann', '--administrator'))
    server = stack.use(await startRunstead(directory))
    proxy = stack.use(await startScriptedProxy(server.url))
  }, 180_000)

  afterAll(() => stack.disposeAsync())

  async function run(script: string, url = server.url, configFile = config): Promise<string[]> {
    const env = {
      ...process.env,
      RUNSTEAD_URL: url,
      RUNSTEAD_TEST_PROXY: proxy.url,
      OCI_CONFIG_FILE: configFile,
      NO_PROXY: '127.0.0.1',
    }
    const { stdout } = await execute(python!, [join(repositoryRoot, 'conformance', 'python', script)], { env })
    return stdout.split('\n').filter(Boolean)
  }

  test('sends methods, bodies, paths and queries that are understood, and reads errors', async () => {
    await run('oci_wire.py')
  })

  test('goes through the pages of lists', async () => {
    await run('oci_pages.py')
  })

  test('tries again with one token until there is one effect', async () => {
    const names = await run('oci_retries.py')
    const conflict = names.pop()!
    expect(names).toHaveLength(4)
    for (const name of names) {
      const attempts = proxy.attemptsOf(name)
      expect(attempts).toHaveLength(3)
      expect([...new Set(attempts.map(({ retryToken }) => retryToken))]).toEqual([expect.stringMatching(/^\w{30}$/)])
    }
    expect(proxy.attemptsOf(conflict)).toHaveLength(1)
  })

  test('tries again while the server throttles', async () => {
    await using directory = await scratchDirectory('oci-python-throttled')
    const bob = writeOciConfig(directory.path, createOciUser(directory.path, 'bob', '--administrator'))
    await using throttled = await startRunstead(directory.path, ['--rate-limit', '2', '--rate-burst', '4'])
    await run('oci_throttled.py', throttled.url, bob)
  })
})
