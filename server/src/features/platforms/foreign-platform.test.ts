import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCaller } from '../../lib/caller.ts'
import { databases } from '../../testing/databases.ts'
import { makeAdministrator, makeUser, type TestUser } from '../../testing/log-in.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'
import { createPlatform } from './platform-service.ts'

const existing = 'ocid1.aidataplatform.local..theirs'
const absent = 'ocid1.aidataplatform.local..absent'

/** Method, path below the platform, status, body. */
const requests: readonly (readonly ['GET' | 'POST' | 'DELETE', string, number, string?])[] = [
  ['GET', '', 404],
  ['GET', '/workspaces', 404],
  ['GET', '/workspaces/default/mlops/api/2.0/mlflow/runs/get?run_id=x', 404],
  ['POST', '/workspaces/default/mlops/api/2.0/mlflow/experiments/search', 404, '{}'],
  ['POST', '/workspaces/default/mlops/api/2.0/mlflow/experiments/search', 400, '{"max_results":'],
  ['POST', '/workspaces/other/mlops/api/2.0/mlflow/runs/search', 404, '{}'],
  ['GET', '/mlops/api/2.0/mlflow/registered-models/get?name=x', 404],
  ['GET', '/mlops/api/2.0/mlflow/nothing', 404],
  ['DELETE', '/workspaces', 405],
]

const cases = requests.map((request) => [request.join(' '), request] as const)

describe.each(databases)('a platform that does not know the caller on %s', (engine) => {
  let server: TestServer
  let user: TestUser
  beforeAll(async () => {
    server = await startTestServer(engine)
    const administrator = await makeAdministrator(server)
    user = await makeUser(server, administrator.mlflow, { name: 'ursula' })
    await createPlatform(server.db, openCaller, { name: 'theirs', id: existing }, Date.now())
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const ask = async (id: string, [method, path, , payload]: (typeof requests)[number], token?: string, header = {}) => {
    const answer = await server.http.inject({
      method,
      url: `/20260430/aiDataPlatforms/${id}${path}`,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...header,
      },
      ...(payload === undefined ? {} : { payload }),
    })
    return {
      status: answer.statusCode,
      body: answer.body.replaceAll(id, '<platform>'),
      names: Object.keys(answer.headers),
    }
  }

  test.each(cases)('is as if it were not there: %s', async (_what, request) => {
    const answer = await ask(existing, request, user.token)
    expect(answer.status).toBe(request[2])
    expect(answer).toEqual(await ask(absent, request, user.token))
    const named = { 'x-mlflow-workspace': 'other' }
    expect(await ask(existing, request, user.token, named)).toEqual(await ask(absent, request, user.token, named))
  })

  test.each(cases)('also for those who have no login anywhere, who get 401: %s', async (_what, request) => {
    for (const token of [undefined, 'runstead_wrong']) {
      const answer = await ask(existing, request, token)
      expect(answer.status).toBe(401)
      expect(answer).toEqual(await ask(absent, request, token))
    }
  })
})
