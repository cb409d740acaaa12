/** Oracle's command line and Python SDK, and the worked example of the guide, word for word. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOciUser } from './oci/oci-client.ts'
import { writeOciConfig } from './oci/oci-config.ts'
import { interpreterOf, ociEnvironment, pythonEnvironment } from './targets/python-environments.ts'
import { repositoryRoot } from './targets/repository.ts'
import { runRunstead, startRunstead } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const python = interpreterOf(ociEnvironment)
const mlflowPython = interpreterOf(pythonEnvironment('mlflow3'))

const stack = new AsyncDisposableStack()
let directory: ScratchDirectory
let server: ServerProcess
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  directory = stack.use(await scratchDirectory('oci-python'))
  const user = createOciUser(directory.path, 'ann', '--administrator')
  server = stack.use(await startRunstead(directory.path))
  env = {
    RUNSTEAD_URL: server.url,
    RUNSTEAD_TOKEN: runRunstead(directory.path, 'token', 'create', 'ann').split('\n').at(-1)!,
    OCI_CONFIG_FILE: writeOciConfig(directory.path, user),
    OCI_CLI_CONFIG_FILE: join(directory.path, 'user.config'),
    OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING: 'True',
    NO_PROXY: '127.0.0.1',
    MLFLOW_DISABLE_TELEMETRY: 'true',
  }
}, 180_000)

afterAll(() => stack.disposeAsync())

function run(
  command: string,
  args: readonly string[],
  more: Record<string, string> = {},
  cwd = directory.path,
): string {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env, ...more } })
  expect(result.status, `${result.stdout}\n${result.stderr}\n${server.output().slice(-2000)}`).toBe(0)
  return result.stdout
}

/** Asks the server with the user's token. */
async function ask(
  path: string,
  body?: unknown,
): Promise<{ run: { info: { run_id: string; lifecycle_stage: string } } }> {
  const headers = { authorization: `Bearer ${env['RUNSTEAD_TOKEN']}`, 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/api/2.0/mlflow/runs/${path}`, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return (await answer.json()) as never
}

test.skipIf(python === undefined)(
  "Oracle's Python SDK signs, pages, retries and reads errors",
  { timeout: 60_000 },
  () => {
    run(python!, [join(repositoryRoot, 'conformance', 'python', 'oci_signer.py')])
  },
)

describe("the guide's example", { timeout: 120_000 }, () => {
  const guide = readFileSync(join(repositoryRoot, 'docs', 'guide', 'restore-a-run.md'), 'utf8')
  /** The code below a heading. */
  const codeOf = (heading: string): string => {
    const section = guide.split(/^## /m).find((part) => part.startsWith(heading))
    return /```\w+\n(.*?)```/s.exec(section ?? '')![1]!
  }
  const cases = [
    [
      'The OCI command line',
      python,
      (code: string, more: Record<string, string>) => {
        const path = `${dirname(python!)}:${process.env['PATH']}`
        expect(JSON.parse(run('bash', ['-euc', code], { ...more, PATH: path }))).toMatchObject({
          status: '200 OK',
          data: {},
        })
      },
    ],
    [
      'The Python `oci` signer',
      python,
      (code: string, more: Record<string, string>) => run(python!, ['-c', code], more),
    ],
    [
      '`oci-common` from Node',
      process.execPath,
      (code: string, more: Record<string, string>) =>
        run(process.execPath, ['--input-type=module', '-e', code], more, join(repositoryRoot, 'conformance')),
    ],
    ['`mlflow`', mlflowPython, (code: string, more: Record<string, string>) => run(mlflowPython!, ['-c', code], more)],
  ] as const

  for (const [heading, tool, runCode] of cases) {
    test.skipIf(tool === undefined)(`brings a run back: ${heading}`, async () => {
      const { run_id } = (await ask('create', { experiment_id: '0' })).run.info
      await ask('delete', { run_id })
      runCode(codeOf(heading), { RUN_ID: run_id })
      expect((await ask(`get?run_id=${run_id}`)).run.info.lifecycle_stage).toBe('active')
    })
  }
})
