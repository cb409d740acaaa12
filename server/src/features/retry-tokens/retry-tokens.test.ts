import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { aidpOperations } from '../../contract/aidp/aidp-contract.ts'
import { tenantOf } from '../../lib/tenant.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'
import { tokenLifeMs } from './request-guards.ts'
import { startRetryTokenPurge } from './retry-token-purge.ts'

const tenant = tenantOf(1)

interface Sent {
  readonly status: number
  readonly text: string
  readonly etag: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
}

/** What has been sent with a token so far. */
const retried = new Set<string>()

function sender(server: TestServer, mount = server.mounts.aidp) {
  return async (operation: string, body: unknown, token?: string, headers: object = {}): Promise<Sent> => {
    if (token !== undefined) retried.add(`/2.0/mlflow/${operation}`)
    const answer = await server.http.inject({
      method: 'POST',
      url: `${mount}/api/2.0/mlflow/${operation}`,
      payload: typeof body === 'string' ? body : JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { 'opc-retry-token': token }),
        ...headers,
      },
    })
    return {
      status: answer.statusCode,
      text: answer.body,
      etag: answer.headers['etag'] as string | undefined,
      body: answer.body === '' ? undefined : answer.json(),
    }
  }
}

async function historyOf(server: TestServer, run: string, key: string): Promise<number> {
  const { body } = await server.mlflow.get('/2.0/mlflow/metrics/get-history', { run_id: run, metric_key: key })
  return body.metrics?.length ?? 0
}

function tokenRows(server: TestServer) {
  return server.db.read.selectFrom('retry_tokens').selectAll().where('tenant', '=', tenant).execute()
}

describe.each(databases)('retry tokens on %s', (engine) => {
  test('the repeat of a create answers the first answer and creates nothing', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const first = await send('experiments/create', { name: 'once' }, 'token 1')
    expect(first).toMatchObject({ status: 200, etag: '"1"' })
    expect(await send('experiments/create', { name: 'once' }, 'token 1')).toEqual(first)
    expect(await send('experiments/create', { name: 'once' }, 'token 2')).toMatchObject({ status: 409 })
    const run = await send('runs/create', { experiment_id: first.body.experiment_id }, 'token 1')
    expect(run.status).toBe(200)
    expect(await send('runs/create', { experiment_id: first.body.experiment_id }, 'token 1')).toEqual(run)
    const found = await server.aidp.post('/2.0/mlflow/runs/search', { experiment_ids: [first.body.experiment_id] })
    expect(found.body.runs).toHaveLength(1)
    expect(await tokenRows(server)).toHaveLength(2)
  })

  test('every kind of change of a run is repeated without a second effect', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const run_id = await server.given.run()
    const revision = async () => (await server.aidp.get('/2.0/mlflow/runs/get', { run_id })).headers['etag']
    const point = { run_id, key: 'm', value: 1, timestamp: 1, step: 1 }
    const requests: [string, object][] = [
      ['runs/log-metric', point],
      ['runs/log-parameter', { run_id, key: 'p', value: '1' }],
      ['runs/set-tag', { run_id, key: 't', value: '1' }],
      ['runs/log-batch', { run_id, metrics: [{ ...point, key: 'b' }], params: [{ key: 'q', value: '1' }], tags: [] }],
      [
        'runs/log-model',
        { run_id, model_json: '{"artifact_path": "m", "run_id": "r", "flavors": {}, "utc_time_created": "now"}' },
      ],
      [
        'runs/log-inputs',
        { run_id, dataset_inputs: [{ dataset: { name: 'd', digest: 'x', source_type: 's', source: 's' } }] },
      ],
      ['runs/delete-tag', { run_id, key: 't' }],
      ['internal/runs/update-tags', { run_id, set_tags: [{ key: 'u', value: '1' }], delete_tags: [] }],
      ['runs/update', { run_id, status: 'FINISHED', end_time: 5 }],
      ['runs/delete', { run_id }],
      ['runs/restore', { run_id }],
    ]
    for (const [operation, body] of requests) {
      const first = await send(operation, body, 'the same token')
      expect(first.status, `${operation} ${first.text}`).toBe(200)
      expect(first.etag, operation).toMatch(/^"\d+"$/)
      const after = await revision()
      expect(await send(operation, body, 'the same token'), operation).toEqual(first)
      expect(await revision(), operation).toBe(after)
    }
    expect(await historyOf(server, run_id, 'm')).toBe(1)
    expect(await tokenRows(server)).toHaveLength(requests.length)
    const removed = await send('runs/delete', { run_id, is_permanent: true }, 'for good')
    expect(removed, removed.text).toMatchObject({ status: 200, etag: expect.stringMatching(/^"\d+"$/) })
    expect(await send('runs/delete', { run_id, is_permanent: true }, 'for good')).toEqual(removed)
    expect(await send('runs/delete', { run_id, is_permanent: true }, 'again')).toMatchObject({ status: 404 })
  })

  test('what a change of a run came to is answered again, whatever happened since', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const run_id = await server.given.run()
    const first = await send('runs/update', { run_id, status: 'FINISHED', end_time: 5, run_name: 'a' }, 't')
    await send('runs/update', { run_id, status: 'FAILED', end_time: 6, run_name: 'b' })
    await send('runs/delete', { run_id })
    expect(await send('runs/update', { run_id, status: 'FINISHED', end_time: 5, run_name: 'a' }, 't')).toEqual(first)
    expect(first.body.run_info).toMatchObject({ status: 'FINISHED', end_time: 5, run_name: 'a' })
  })

  test('changes of experiments are repeated without a second effect', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const experiment_id = await server.given.experiment()
    // Both deletes are one operation.
    const tokenOf = (body: object) => ('is_permanent' in body ? 'y' : 'x')
    for (const [operation, body] of [
      ['experiments/update', { experiment_id, new_name: 'renamed' }],
      ['experiments/set-experiment-tag', { experiment_id, key: 'k', value: 'v' }],
      ['experiments/delete-experiment-tag', { experiment_id, key: 'k' }],
      ['internal/experiments/update-experiment-tags', { experiment_id, set_tags: [{ key: 'u', value: '1' }] }],
      ['experiments/delete', { experiment_id }],
      ['experiments/restore', { experiment_id }],
      ['experiments/delete', { experiment_id, is_permanent: true }],
    ] as const) {
      const first = await send(operation, body, tokenOf(body))
      expect(first.status, `${operation} ${first.text}`).toBe(200)
      expect(first.etag, operation).toMatch(/^"\d+"$/)
      expect(await send(operation, body, tokenOf(body)), operation).toEqual(first)
    }
  })

  test('changes of registered models and versions are repeated without a second effect', async () => {
    await using server = await startTestServer(engine)
    const mount = server.mounts.aidp.replace(/\/workspaces\/[^/]+/, '')
    const send = sender(server, mount)
    const name = 'a.b.model'
    const run_id = await server.given.run()
    const { body: found } = await server.aidp.get('/2.0/mlflow/runs/get', { run_id })
    const version = { name, run_id, source: `${found.run.info.artifact_uri}/model` }
    for (const [operation, body] of [
      ['registered-models/create', { name }],
      ['model-versions/create', version],
      ['registered-models/set-tag', { name, key: 'k', value: 'v' }],
      ['internal/registered-models/update-tags', { name, set_tags: [{ key: 'u', value: 'v' }] }],
      ['internal/model-versions/update-tags', { name, version: '1', set_tags: [{ key: 'u', value: 'v' }] }],
      ['model-versions/set-tag', { name, version: '1', key: 'k', value: 'v' }],
      ['model-versions/update', { name, version: '1', description: 'd' }],
      ['model-versions/transition-stage', { name, version: '1', stage: 'Staging', archive_existing_versions: false }],
      ['model-versions/delete-tag', { name, version: '1', key: 'k' }],
      ['registered-models/delete-tag', { name, key: 'k' }],
      ['registered-models/update', { name, description: 'd' }],
      ['model-versions/delete', { name, version: '1' }],
      ['registered-models/rename', { name, new_name: 'a.b.other' }],
      ['registered-models/delete', { name: 'a.b.other' }],
    ] as const) {
      const first = await send(operation, body, 'x')
      expect(first.status, `${operation} ${first.text}`).toBe(200)
      if (operation === 'registered-models/rename') expect(first.etag, operation).toBeUndefined()
      else expect(first.etag, operation).toMatch(/^"\d+"$/)
      expect(await send(operation, body, 'x'), operation).toEqual(first)
    }
    const gone = await send('registered-models/create', { name }, 'x')
    expect(gone).toMatchObject({ status: 409, body: { code: 'InvalidatedRetryToken' } })
    expect(await send('model-versions/create', version, 'x')).toMatchObject({
      status: 409,
      body: { code: 'InvalidatedRetryToken' },
    })
  })

  test('workspaces are created and shared without a second effect', async () => {
    await using server = await startTestServer(engine)
    const root = server.mounts.aidp.replace('/default/mlops', '')
    const send = async (path: string, payload: object, token: string) => {
      retried.add(path.replace(/^(\/workspaces)\/[^/]+/, '$1/{workspaceKey}'))
      const url = root.replace(/\/workspaces$/, path)
      const { statusCode, body, headers } = await server.http.inject({
        method: 'POST',
        url,
        payload,
        headers: { 'opc-retry-token': token },
      })
      const { etag, location, 'aidp-async-operation-key': key, 'content-location': content } = headers
      return { statusCode, body, etag, location, key, content }
    }
    const first = await send('/workspaces', { displayName: 'once' }, 't')
    expect(first, first.body).toMatchObject({ statusCode: 201, etag: '"1"', location: expect.any(String) })
    expect(first.key).toEqual(expect.any(String))
    expect(await send('/workspaces', { displayName: 'once' }, 't')).toEqual(first)
    const targets = { type: 'ROLE', targets: ['ALL_USERS'] }
    const shared = { assignees: targets, permissions: ['USER'] }
    const grant = await send(
      '/workspaces/default/actions/managePermission',
      { assignWorkspacePermissionDetails: shared },
      't',
    )
    expect(grant, grant.body).toMatchObject({ statusCode: 204, body: '' })
    expect(
      await send('/workspaces/default/actions/managePermission', { assignWorkspacePermissionDetails: shared }, 't'),
    ).toEqual(grant)
    const create = { assignCreateWorkspacePermissionDetails: { assignees: targets } }
    const right = await send('/actions/manageCreateWorkspacePermission', create, 't')
    expect(right, right.body).toMatchObject({ statusCode: 204, body: '' })
    expect(await send('/actions/manageCreateWorkspacePermission', create, 't')).toEqual(right)
  })

  test('another body is a lasting conflict; so is a repeat of what has been deleted since', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const run_id = await server.given.run()
    const point = { run_id, key: 'm', value: 1, timestamp: 1, step: 1 }
    await send('runs/log-metric', point, 't')
    expect(await send('runs/log-metric', { ...point, value: 2 }, 't')).toMatchObject({
      status: 409,
      body: { code: 'Conflict', error_code: 'RESOURCE_CONFLICT' },
    })
    const made = await send('experiments/create', { name: 'gone' }, 't')
    await send('experiments/delete', { experiment_id: made.body.experiment_id })
    expect(await send('experiments/create', { name: 'gone' }, 't')).toMatchObject({
      status: 409,
      body: { code: 'InvalidatedRetryToken' },
    })
    await send('experiments/restore', { experiment_id: made.body.experiment_id })
    expect(await send('experiments/create', { name: 'gone' }, 't')).toEqual(made)
    const run = await send('runs/create', {}, 't')
    await send('runs/delete', { run_id: run.body.run.info.run_id })
    expect(await send('runs/create', {}, 't')).toMatchObject({ status: 409, body: { code: 'InvalidatedRetryToken' } })
    expect(await historyOf(server, run_id, 'm')).toBe(1)
  })

  test('failures are not kept', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const run_id = await server.given.run()
    await send('runs/delete', { run_id })
    const point = { run_id, key: 'm', value: 1, timestamp: 1, step: 1 }
    expect(await send('runs/log-metric', point, 't')).toMatchObject({ status: 409 })
    expect(
      await send('experiments/set-experiment-tag', { experiment_id: '99', key: 'k', value: 'v' }, 't'),
    ).toMatchObject({
      status: 404,
    })
    expect(await tokenRows(server)).toEqual([])
    await send('runs/restore', { run_id })
    expect(await send('runs/log-metric', point, 't')).toMatchObject({ status: 200 })
  })

  test('a token is good for one operation, place and spelling of the version prefix', async () => {
    await using server = await startTestServer(engine)
    const body = { name: 'twin' }
    const first = await sender(server)('experiments/create', body, 't')
    expect(await sender(server, `/api${server.mounts.aidp}`)('experiments/create', body, 't')).toEqual(first)
    // MLflow's own mount takes no tokens.
    const stock = sender(server, '')
    expect(await stock('experiments/create', { name: 'stock' }, 't')).toMatchObject({ status: 200 })
    expect(await stock('experiments/create', { name: 'stock' }, 't')).toMatchObject({ status: 400 })
    expect(await sender(server)('experiments/search', { max_results: 1 }, 'x'.repeat(65))).toMatchObject({
      status: 200,
    })
  })

  test.each(['', 'x'.repeat(65)])('a token of %j is refused', async (token) => {
    await using server = await startTestServer(engine)
    expect(await sender(server)('experiments/create', { name: 'a' }, token)).toMatchObject({
      status: 400,
      body: { code: 'InvalidParameter' },
    })
    expect(await sender(server)('experiments/create', { name: 'a' }, 'y'.repeat(64))).toMatchObject({ status: 200 })
  })

  test('an empty body and {} are the same request', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const first = await send('runs/create', '', 't')
    expect(first.status, first.text).toBe(200)
    expect(await send('runs/create', '{}', 't')).toEqual(first)
  })

  test('fifty repeats at once have one effect', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const run_id = await server.given.run()
    const token = randomUUID()
    const all = (operation: string, body: object) =>
      Promise.all(Array.from({ length: 50 }, () => send(operation, body, token)))
    const points = await all('runs/log-metric', { run_id, key: 'm', value: 1, timestamp: 1, step: 1 })
    const runs = await all('runs/create', { run_name: 'one of fifty' })
    const experiments = await all('experiments/create', { name: 'one of fifty' })
    for (const answers of [points, runs, experiments]) {
      expect(new Set(answers.map(({ text, etag, status }) => `${status} ${etag} ${text}`)).size).toBe(1)
      expect(answers[0]).toMatchObject({ status: 200 })
    }
    const found = await server.aidp.post('/2.0/mlflow/runs/search', {
      experiment_ids: ['0'],
      filter: "attributes.run_name = 'one of fifty'",
    })
    expect(found.body.runs).toHaveLength(1)
    expect(await tokenRows(server)).toHaveLength(3)
  })

  test('expired tokens are as good as new, and are removed in steps', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const run_id = await server.given.run()
    const tag = (value: string) => send('runs/set-tag', { run_id, key: 't', value }, 't')
    const name = (new_name: string) => send('experiments/update', { experiment_id: '0', new_name }, 't')
    expect(await tag('1')).toMatchObject({ status: 200 })
    expect(await name('a')).toMatchObject({ status: 200 })
    const [row] = await tokenRows(server)
    expect(Math.abs(Number(row?.expires) - Date.now() - tokenLifeMs)).toBeLessThan(60_000)
    const expire = () =>
      server.db.write(tenant, (tx) =>
        tx
          .updateTable('retry_tokens')
          .set({ expires: Date.now() - 1 })
          .where('tenant', '=', tenant)
          .execute(),
      )
    await expire()
    expect(await tag('2')).toMatchObject({ status: 200 })
    expect(await name('b')).toMatchObject({ status: 200 })
    expect(await tag('3')).toMatchObject({ status: 409 })
    await expire()
    await using purge = startRetryTokenPurge(server.db, { intervalMs: 3_600_000, rowsPerStep: 1 })
    await tag('4')
    await purge.runOnce()
    expect(await tokenRows(server)).toHaveLength(1)
  })
})

test('these tests cover every operation that takes a token', () => {
  const taking = aidpOperations.filter(({ requestHeaders }) => requestHeaders.includes('opc-retry-token'))
  expect(taking.length).toBeGreaterThan(25)
  expect(taking.map(({ path }) => path).filter((path) => !retried.has(path))).toEqual([])
})

describe.each(databases)('if-match on %s', (engine) => {
  test('lets a change pass only on the revision that it names', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const run_id = await server.given.run()
    const etagOf = async () => (await server.aidp.get('/2.0/mlflow/runs/get', { run_id })).headers['etag'] ?? ''
    const stale = await etagOf()
    for (const [operation, body] of [
      ['runs/set-tag', { run_id, key: 't', value: 'v' }],
      ['runs/update', { run_id, status: 'FINISHED' }],
      ['runs/delete-tag', { run_id, key: 't' }],
      ['runs/delete', { run_id }],
      ['runs/restore', { run_id }],
    ] as const) {
      const current = await etagOf()
      expect(await send(operation, body, undefined, { 'if-match': `W/"${'9'.repeat(9)}"` }), operation).toMatchObject({
        status: 412,
        body: { code: 'NoEtagMatch', error_code: 'RESOURCE_CONFLICT' },
      })
      expect(await etagOf()).toBe(current)
      const passed = await send(operation, body, undefined, { 'if-match': `W/${current}, "x"` })
      expect(passed, `${operation} ${passed.text}`).toMatchObject({ status: 200, etag: await etagOf() })
    }
    expect(
      await send('runs/set-tag', { run_id, key: 't', value: 'w' }, undefined, { 'if-match': stale }),
    ).toMatchObject({
      status: 412,
    })
    expect(
      await send('runs/log-metric', { run_id, key: 'm', value: 1, timestamp: 1 }, undefined, { 'if-match': '*' }),
    ).toMatchObject({ status: 200 })
  })

  test('holds for experiments, for reads, and refuses to create', async () => {
    await using server = await startTestServer(engine)
    const send = sender(server)
    const experiment_id = await server.given.experiment()
    const rename = (etag: string, token?: string) =>
      send('experiments/update', { experiment_id, new_name: 'x' }, token, { 'if-match': etag })
    expect(await rename('7')).toMatchObject({ status: 412 })
    const done = await rename('1', 'token')
    expect(done).toMatchObject({ status: 200, etag: '"2"' })
    expect(await rename('1', 'token'), 'a repeat is answered as before').toEqual(done)
    expect(await rename('1', 'another')).toMatchObject({ status: 412 })
    for (const operation of ['experiments/create', 'runs/create']) {
      expect(await send(operation, { name: 'new' }, undefined, { 'if-match': '*' })).toMatchObject({ status: 412 })
    }
    const url = `${server.mounts.aidp}/api/2.0/mlflow/experiments/get?experiment_id=${experiment_id}`
    expect(await server.http.inject({ url, headers: { 'if-match': '"1"' } })).toMatchObject({ statusCode: 412 })
    expect(await server.http.inject({ url, headers: { 'if-match': '"2"', 'if-none-match': '"2"' } })).toMatchObject({
      statusCode: 200,
    })
    const shared = { assignees: { type: 'ROLE', targets: ['ALL_USERS'] }, permissions: ['USER'] }
    const share = (etag: string) =>
      server.http.inject({
        method: 'POST',
        url: server.mounts.aidp.replace('/mlops', '/actions/managePermission'),
        payload: { assignWorkspacePermissionDetails: shared },
        headers: { 'if-match': etag },
      })
    expect((await share('99')).statusCode).toBe(412)
    expect((await share('*')).statusCode).toBe(204)
    expect(
      await sender(server, '')('experiments/set-experiment-tag', { experiment_id, key: 'k', value: 'v' }, undefined, {
        'if-match': '99',
      }),
      "MLflow's own mount knows no etags",
    ).toMatchObject({ status: 200 })
  })
})

test('a repeat waits for the first request, and not for ever', async () => {
  const { RunningRequests } = await import('./running-requests.ts')
  const running = new RunningRequests<number>(50)
  const slow = Promise.withResolvers<number>()
  const first = running.alone('a', 'h', () => slow.promise)
  await expect(running.alone('a', 'h', async () => 2)).rejects.toMatchObject({ code: 'incorrect-state' })
  await expect(running.alone('a', 'other', async () => 2)).rejects.toMatchObject({ code: 'retry-token-reused' })
  expect(await running.alone('b', 'h', async () => 3)).toBe(3)
  const waiting = running.alone('a', 'h', async () => 4)
  await sleep(5)
  slow.resolve(1)
  expect(await Promise.all([first, waiting])).toEqual([1, 1])
  const failing = running.alone('a', 'h', async () => {
    await sleep(5)
    throw new Error('failed')
  })
  const next = running.alone('a', 'h', async () => 5)
  await expect(failing).rejects.toThrow('failed')
  expect(await next, 'a failure leaves the token as good as new').toBe(5)
})
