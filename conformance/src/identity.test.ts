/** Logins of the stock Python clients against a server with users: a token, a user name with a token, and wrong ones. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runClientScript } from './targets/client-script.ts'
import { interpreterOf, pythonEnvironments } from './targets/python-environments.ts'
import { repositoryRoot } from './targets/repository.ts'
import { runRunstead, startRunstead, tenantMount } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

describe('a server with users', () => {
  let directory: ScratchDirectory
  let server: ServerProcess
  let administrator: string
  let token: string
  beforeAll(async () => {
    directory = await scratchDirectory('identity')
    server = await startRunstead(directory.path)
    administrator = runRunstead(directory.path, 'user', 'create', 'root', '--administrator', '--token', 'first')
    runRunstead(directory.path, 'user', 'create', 'ann', '--administrator')
    token = runRunstead(directory.path, 'token', 'create', 'ann', '--expires', '1d')
    // The running server notices within a second what the command line has changed.
    await new Promise((resolve) => setTimeout(resolve, 1200))
  })
  afterAll(async () => {
    await server?.stop()
    await directory?.[Symbol.asyncDispose]()
  })

  test('said at start that it is open, and is so no longer', async () => {
    expect(server.output()).toContain('open: everyone who can reach 127.0.0.1 may do everything')
    const url = `${server.url}/api/2.0/mlflow/experiments/get?experiment_id=0`
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: { authorization: `Bearer ${administrator}` } })).status).toBe(200)
  })

  test('a token that is revoked on the command line is refused within a second', async () => {
    const short = runRunstead(directory.path, 'token', 'create', 'ann', '--name', 'short')
    const get = (path: string) =>
      fetch(`${server.url}/api/2.0/runstead/users/me${path}`, { headers: { authorization: `Bearer ${short}` } })
    const { tokens } = (await (await get('/tokens')).json()) as { tokens: { id: string; name: string }[] }
    runRunstead(directory.path, 'token', 'revoke', 'ann', tokens.find(({ name }) => name === 'short')!.id)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect((await get('')).status).toBe(401)
  })

  describe.for(pythonEnvironments)('$title client', (environment) => {
    const interpreter = interpreterOf(environment)
    const logIn = (env: Readonly<Record<string, string>>, mount = '') =>
      runClientScript({
        title: 'identity.py',
        command: interpreter!,
        args: [join(repositoryRoot, 'conformance', 'python', 'identity.py')],
        trackingUri: server.url + mount,
        server,
        env,
      })
    const logins = [
      ['MLFLOW_TRACKING_TOKEN', () => ({ MLFLOW_TRACKING_TOKEN: token })],
      ['user name and token', () => ({ MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: token })],
      ['the user name "token"', () => ({ MLFLOW_TRACKING_USERNAME: 'token', MLFLOW_TRACKING_PASSWORD: token })],
    ] as const
    test.skipIf(interpreter === undefined).for(logins)('logs in with %s', async ([, login]) => {
      await logIn(login())
    })

    test.skipIf(interpreter === undefined)('logs in at the tenant mount', async () => {
      await logIn({ MLFLOW_TRACKING_TOKEN: token }, tenantMount)
    })

    const refused = [
      ['no login', () => ({})],
      ['a wrong token', () => ({ MLFLOW_TRACKING_TOKEN: `rst_${'x'.repeat(43)}` })],
      ['no token at all', () => ({ MLFLOW_TRACKING_TOKEN: 'password1234' })],
      ["another user's name", () => ({ MLFLOW_TRACKING_USERNAME: 'root', MLFLOW_TRACKING_PASSWORD: token })],
    ] as const
    test.skipIf(interpreter === undefined).for(refused)(
      'is refused with %s, at once and clearly',
      async ([, login]) => {
        await logIn({ ...login(), EXPECT_REFUSAL: '1' })
      },
    )
  })
})
