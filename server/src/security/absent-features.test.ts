import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectHarmless, type GuardedServer, startGuardedServer, workspaceMounts } from '../testing/security-oracle.ts'

let guarded: GuardedServer
beforeAll(async () => {
  guarded = await startGuardedServer('sqlite')
})
afterAll(() => guarded[Symbol.asyncDispose]())

/** What a later change must not bring in unnoticed: with its routes must come the tests of these cases. */
test.each([
  ['LIM-01 GraphQL', ['/graphql']],
  [
    'AUTHZ-07 OTLP ingest and traces',
    [
      '/v1/traces',
      '2.0/mlflow/traces',
      '3.0/mlflow/traces',
      '3.0/mlflow/traces/search',
      '2.0/mlflow/get-trace-artifact',
      '/get-trace-artifact',
    ],
  ],
  ['AUTHZ-08 jobs', ['3.0/jobs', '3.0/jobs/1', '3.0/jobs/search', '3.0/mlflow/jobs']],
  [
    'AUTHZ-09 newer families',
    [
      '3.0/mlflow/datasets/create',
      '3.0/mlflow/scorers/register',
      '3.0/mlflow/scorers/list',
      '3.0/mlflow/issues',
      '3.0/mlflow/labeling-sessions',
      '3.0/mlflow/review-queues',
      '3.0/mlflow/prompt-optimization/jobs',
      '3.0/mlflow/budgets',
      '3.0/mlflow/demo',
      '3.0/mlflow/evaluations',
    ],
  ],
  [
    'SSRF-10 SSRF-12 gateway and fetching',
    [
      '2.0/gateway-proxy',
      '2.0/endpoints/',
      '3.0/mlflow/gateway/secrets/create',
      '3.0/mlflow/gateway/endpoints/list',
      '/gateway/x/invocations',
      '/gateway/mlflow/v1/chat/completions',
      '/proxy',
      '/fetch',
    ],
  ],
  [
    'WEB-09 sign-up and password forms',
    ['/signup', '/login', '2.0/mlflow/users/create', '2.0/mlflow/users/create-ui', '2.0/mlflow/users/update-password'],
  ],
  [
    'DISC-07 legacy listings',
    [
      '2.0/preview/mlflow/experiments/list',
      '2.0/preview/mlflow/experiments/create',
      '2.0/mlflow/experiments/list',
      '2.0/mlflow/runs/list',
      '2.0/mlflow/registered-models/list',
      '2.0/mlflow/preview/registered-models/list',
      '1.0/mlflow/experiments/list',
    ],
  ],
  [
    'ARC-02 making of archives',
    ['2.0/mlflow-artifacts/archive', '2.0/mlflow/artifacts/download-all', '/download-all', '2.0/mlflow/artifacts/zip'],
  ],
  [
    'section 3.11: serving, scoring, recipes',
    [
      '/invocations',
      '/ping',
      '/score',
      '2.0/mlflow/recipes',
      '3.0/mlflow/assistant',
      '2.0/mlflow/evaluate',
      '3.0/mlflow/scorers/invoke',
      '/run',
    ],
  ],
  [
    'ACT-09 the shell of an interface',
    ['/static-files/index.html', '/index.html', '/static/js/main.js', '/ui', '/experiments'],
  ],
])('%s: there is nothing', async (_what, paths) => {
  const before = await guarded.state()
  for (const mount of workspaceMounts(guarded.server)) {
    for (const path of paths) {
      for (const target of path.startsWith('/')
        ? [mount + path]
        : ['/api/', '/ajax-api/'].map((api) => mount + api + path)) {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
          const body = method === 'GET' ? '' : '{"url":"http://127.0.0.1:1/","query":"{a}","name":"x"}'
          const answer = await guarded.send(
            method,
            target,
            body,
            method === 'GET' ? {} : { 'content-type': 'application/json' },
          )
          expectHarmless(guarded, answer, `${method} ${target}`)
          expect([404, 405, 501], `${method} ${target}: ${answer.text}`).toContain(answer.status)
        }
      }
    }
  }
  expect(await guarded.state()).toBe(before)
})
