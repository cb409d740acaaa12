import { describe, expect, test } from 'vitest'
import { databases } from './testing/databases.ts'
import { startTestServer, type TestAnswer } from './testing/start-test-server.ts'

/** Requests beyond the documented numbers are 400 (or 413) on both faces, never 500, and change nothing. */
describe.each(databases)('limits on %s', (engine) => {
  const bad = (answer: TestAnswer, what: string): void => {
    expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBe(400)
    expect(answer.body.error_code, what).toMatch(/^(INVALID_PARAMETER_VALUE|BAD_REQUEST)$/)
    expect(answer.text).not.toMatch(/\.ts:|stack/)
  }

  test('LIM-02 page sizes are positive, bounded numbers', async () => {
    await using server = await startTestServer(engine)
    for (const face of [server.mlflow, server.aidp]) {
      for (const max_results of [-1, 1_000_001, 2 ** 31, 1e300, 'many', 1.5]) {
        bad(await face.post('/2.0/mlflow/runs/search', { experiment_ids: ['0'], max_results }), `runs ${max_results}`)
        bad(await face.post('/2.0/mlflow/experiments/search', { max_results }), `experiments ${max_results}`)
      }
      bad(await face.post('/2.0/mlflow/experiments/search', { max_results: 0 }), 'experiments 0')
    }
  })

  test('LIM-03 filters are bounded and read in linear time', async () => {
    await using server = await startTestServer(engine)
    const search = (filter: string) => server.aidp.post('/2.0/mlflow/runs/search', { experiment_ids: ['0'], filter })
    const started = Date.now()
    bad(await search(Array.from({ length: 10_000 }, (_, i) => `params.p${i} = '1'`).join(' AND ')), 'many clauses')
    bad(await search(`${'('.repeat(20_000)}params.a = '1'${')'.repeat(20_000)}`), 'deep brackets')
    bad(await search(`params.a LIKE '${'%a'.repeat(50_000)}'`), 'a long pattern')
    const endless = await search(`params.a = '${"\\'".repeat(16_000)}`)
    expect([200, 400], 'an endless string').toContain(endless.status)
    expect(Date.now() - started).toBeLessThan(5_000)
    const steep = await search(`params.a LIKE '${'%a'.repeat(200)}b'`)
    expect([200, 400]).toContain(steep.status)
  })

  test('LIM-04 lists of ids are bounded', async () => {
    await using server = await startTestServer(engine)
    for (const face of [server.mlflow, server.aidp]) {
      const ids = Array.from({ length: 100_000 }, (_, i) => String(i))
      bad(await face.post('/2.0/mlflow/runs/search', { experiment_ids: ids }), 'many ids')
      bad(await face.post('/2.0/mlflow/runs/search', { experiment_ids: ids.map(() => '0') }), 'one id again and again')
    }
  })

  test('LIM-05 a batch beyond its numbers leaves nothing behind', async () => {
    await using server = await startTestServer(engine)
    const run_id = await server.given.run()
    const metrics = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ key: 'm', value: i, timestamp: 1, step: 0 }))
    const pairs = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: 'v' }))
    for (const face of [server.mlflow, server.aidp]) {
      const log = (body: object) => face.post('/2.0/mlflow/runs/log-batch', { run_id, ...body })
      bad(await log({ metrics: metrics(1001) }), 'metrics')
      bad(await log({ params: pairs(101) }), 'params')
      bad(await log({ tags: pairs(101) }), 'tags')
      bad(await log({ metrics: metrics(950), params: pairs(51) }), 'all together')
      bad(await log({ metrics: metrics(1), params: [...pairs(1), { key: 'k0', value: 'w' }] }), 'a repeated param')
    }
    const { body } = await server.mlflow.get('/2.0/mlflow/runs/get', { run_id })
    expect(body.run.data.metrics ?? []).toEqual([])
    expect(body.run.data.params ?? []).toEqual([])
    const flood = await server.aidp.post('/2.0/mlflow/runs/log-batch', { run_id, metrics: metrics(1000) })
    expect(flood.status, 'a thousand values of one step').toBe(200)
  })

  test("LIM-06 bodies are bounded, by operation in AIDP's dialect", async () => {
    await using server = await startTestServer(engine)
    const run_id = await server.given.run()
    const padding = (bytes: number) => ({ unknown: 'x'.repeat(bytes) })
    const point = { run_id, key: 'm', value: 1, timestamp: 1 }
    const send = (path: string, body: object) => server.aidp.post(`/2.0/mlflow/${path}`, body)
    const large = await send('runs/log-metric', { ...point, ...padding(1_048_576) })
    expect(large).toMatchObject({ status: 413, body: { code: 'PayloadTooLarge' } })
    expect(await send('runs/log-metric', { ...point, ...padding(900_000) })).toMatchObject({ status: 200 })
    expect(await send('runs/log-inputs', { run_id, ...padding(3_000_000) })).toMatchObject({ status: 200 })
    expect(await send('runs/log-inputs', { run_id, ...padding(21_000_000) })).toMatchObject({ status: 413 })
    const stock = await server.mlflow.post('/2.0/mlflow/runs/log-metric', { ...point, ...padding(34_000_000) })
    expect(stock.status).toBe(413)
    expect(stock.body.error_code).toBe('BAD_REQUEST')
  })

  test('LIM-07 documents have no more depth and members than anybody needs', async () => {
    await using server = await startTestServer(engine)
    const deep = (open: string, close: string, inner = '1') => open.repeat(10_000) + inner + close.repeat(10_000)
    for (const face of [server.mlflow, server.aidp]) {
      const post = (body: string) => face.post('/2.0/mlflow/experiments/create', body)
      bad(await post(`{"name": "a", "tags": ${deep('[', ']')}}`), 'arrays')
      bad(await post(`{"name": "a", "x": ${deep('{"a":', '}')}}`), 'objects in an unknown member')
      bad(await post(`{"name": ${deep('[', ']')}}`), 'a name')
      bad(await post(`{"name": "a", "x": ${deep('[', ']', ' 12345678901234567890 ')}}`), 'around a long integer')
    }
    const keys = Array.from({ length: 1_000_000 }, (_, i) => `"k${i}":0`).join(',')
    bad(await server.mlflow.post('/2.0/mlflow/experiments/create', `{"name": "a", ${keys}}`), 'a million members')
    const { body } = await server.mlflow.post('/2.0/mlflow/experiments/search', { max_results: 10 })
    expect(body.experiments).toHaveLength(1)
  })
})

test('DISC-05 forwarding headers are not reflected', async () => {
  await using server = await startTestServer('sqlite')
  const headers = {
    accept: 'text/html',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'gopher',
    forwarded: 'host=evil.example',
    'x-original-url': '/evil',
  }
  for (const url of ['/', '/health', '/api/2.0/mlflow/nothing', '/api//2.0/mlflow/runs/get']) {
    const answer = await server.http.inject({ url, headers })
    expect(JSON.stringify([answer.headers, answer.body]), url).not.toMatch(/evil|gopher/)
  }
})
