import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { databases } from '../testing/databases.ts'
import { expectHarmless, startGuardedServer, workspaceMounts } from '../testing/security-oracle.ts'

const json = { 'content-type': 'application/json' }
const source = join(import.meta.dirname, '..')

/** The text of every file of the server that is no test. */
function sources(): { readonly path: string; readonly text: string }[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('.test.') && !path.includes('testing/'))
    .map((path) => ({ path, text: readFileSync(join(source, path), 'utf8') }))
}

function using(pattern: RegExp): string[] {
  return sources()
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .sort()
}

test('ARC-01 ARC-03 ACT-01 what was uploaded stays bytes, and reaches a browser as an attachment', async () => {
  await using guarded = await startGuardedServer('sqlite')
  const tar = `${'../../canary.txt'.padEnd(100, '\0')}0000644\0${'0'.repeat(400)}`
  const files: Record<string, string> = {
    'evil.tar': tar,
    'evil.tar.gz': `\x1f\u008b${tar}`,
    'evil.zip': 'PK\x03\x04../../canary.txt',
    'page.html': '<script>alert(document.cookie)</script>',
    'image.svg': '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    'page.xhtml': '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    'data.xml': '<?xml-stylesheet href="x.xsl"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    'paper.pdf': '%PDF-1.7 /JavaScript',
    'picture.png': '<script>alert(1)</script>',
    'no-extension': '<!doctype html><script>alert(1)</script>',
    MLmodel: `a: &a [x,x]\nb: &b [*a,*a]\nc: !!python/object/apply:os.system ["touch x"]\n${'['.repeat(5000)}`,
    'conda.yaml': '!!js/function "function(){}"',
  }
  for (const [name, content] of Object.entries(files)) {
    const proxied = `/api/2.0/mlflow-artifacts/artifacts/${guarded.place}/inert/${name}`
    expect((await guarded.send('PUT', proxied, content)).status, name).toBe(200)
    for (const mount of workspaceMounts(guarded.server)) {
      for (const target of [proxied, `/get-artifact?run_id=${guarded.run}&path=inert/${name}`]) {
        const { headers, text } = await guarded.send('GET', mount + target)
        expect(text, name).toBe(content)
        expect(headers, name).toMatchObject({
          'content-disposition': expect.stringMatching(/^attachment; filename=/),
          'x-content-type-options': 'nosniff',
          'content-security-policy': expect.stringContaining("sandbox; default-src 'none'"),
        })
      }
    }
  }
  expect(readdirSync(join(guarded.directory, 'inert')).sort()).toEqual(Object.keys(files).sort())
})

test('ACT-10 the name of a download is one header, encoded', async () => {
  await using guarded = await startGuardedServer('sqlite')
  for (const [name, pattern] of [
    ['a"b.txt', /^attachment; filename="a\\"b\.txt"$/],
    ["it's; filename=evil.html", /^attachment; filename="it's; filename=evil\.html"$/],
    ['dür.txt', /^attachment; filename=dur\.txt; filename\*=UTF-8''d%C3%BCr\.txt$/],
    ['漢\u202e🚀.exe', /^attachment; filename=[\x20-\x7e]+; filename\*=UTF-8''[\w%.~-]+$/],
    ['%0d%0aset-cookie: x', undefined],
    ['a\r\nset-cookie: x', undefined],
  ] as const) {
    const target = `/api/2.0/mlflow-artifacts/artifacts/${guarded.place}/${encodeURIComponent(name)}`
    const written = await guarded.send('PUT', target, 'x')
    const { headers } = await guarded.send('GET', target)
    expect(headers['set-cookie'], name).toBeUndefined()
    if (pattern === undefined) expect([400, 404], name).toContain(written.status)
    else expect(headers['content-disposition'], name).toMatch(pattern)
  }
})

test('ARC-05 nothing of the server starts a program, or runs text as code', () => {
  expect(using(/child_process|node:cluster/)).toEqual([])
  // One module makes a function of its own fixed text, to reach the garbage collector.
  expect(using(/\beval\(|new Function\(|node:vm|vm\.run/)).toEqual(['lib/garbage-collection.ts'])
  // Worker threads are the database's own, from fixed files.
  for (const path of using(/new Worker\(/)) expect(path).toMatch(/^db\/dialects\/sqlite\//)
})

test('ARC-01 no library that unpacks or decodes is on board', () => {
  expect(using(/from ['"](node:zlib|tar|adm-zip|yauzl|unzipper|js-yaml|yaml)['"]/)).toEqual([
    // Metric points, which it has packed itself.
    'ingest/segment-codec.ts',
  ])
})

test('SSRF-12 requests go out of the modules that are for that, and of no other', () => {
  const outgoing = using(
    /from ['"]node:(http|https|tls|dgram)['"]|\bfetch\(|from ['"](undici|axios|got|node-fetch)['"]/,
  )
  const known = /^(outbound\/|http\/|blobs\/s3\/|db\/dialects\/postgres\/)/
  expect(outgoing.filter((path) => !known.test(path))).toEqual([])
  expect(using(/HTTPS?_PROXY|NODE_USE_ENV_PROXY/i)).toEqual([])
})

describe.each(databases)('texts that are more than text elsewhere, on %s', (engine) => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__proto__.polluted',
    'constructor.prototype.polluted',
    '__defineGetter__',
  ]

  test('ARC-06 names of object members are names like others', async () => {
    await using guarded = await startGuardedServer(engine)
    const { mlflow } = guarded.server
    const run_id = guarded.run
    const pairs = names.map((key) => ({ key, value: `value of ${key}` }))
    const metrics = names.map((key, index) => ({ key, value: index, timestamp: 1, step: 0 }))
    expect(
      (await mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, metrics, params: pairs, tags: pairs })).status,
    ).toBe(200)
    const { data } = (await mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run
    const byKey = (list: { key: string; value: unknown }[]) =>
      Object.entries(Object.fromEntries(list.map(({ key, value }) => [`.${key}`, value])))
    for (const list of [data.params, data.tags]) {
      for (const key of names) expect(byKey(list)).toContainEqual([`.${key}`, `value of ${key}`])
    }
    for (const [index, key] of names.entries()) expect(byKey(data.metrics)).toContainEqual([`.${key}`, index])
    const experiment = await mlflow.post('/2.0/mlflow/experiments/create', { name: '__proto__', tags: pairs })
    expect(experiment.status).toBe(200)
    expect((await mlflow.get('/2.0/mlflow/experiments/get-by-name', { experiment_name: '__proto__' })).status).toBe(200)
    expect((await mlflow.get('/2.0/mlflow/experiments/get-by-name', { experiment_name: 'constructor' })).status).toBe(
      404,
    )
    expect((await mlflow.post('/2.0/mlflow/registered-models/create', { name: '__proto__', tags: pairs })).status).toBe(
      200,
    )
    const model = await mlflow.get('/2.0/mlflow/registered-models/get', { name: '__proto__' })
    expect(model.body.registered_model.tags).toHaveLength(names.length)
    expect((await mlflow.get('/2.0/mlflow/registered-models/get', { name: 'toString' })).status).toBe(404)
    for (const key of names.slice(0, 4)) {
      const found = await mlflow.post('/2.0/mlflow/runs/search', {
        experiment_ids: ['0'],
        filter: `params.\`${key}\` = 'value of ${key}'`,
      })
      expect(found.body.runs, key).toHaveLength(1)
    }
    for (const member of ['__proto__', 'constructor', 'prototype']) {
      const inherited = await mlflow.post(
        '/2.0/mlflow/experiments/create',
        `{"${member}": {"name": "polluted", "polluted": 1}}`,
      )
      expect(inherited.status, member).toBe(400)
      const query = await guarded.send('GET', `/api/2.0/mlflow/runs/get?${member}[run_id]=${run_id}&${member}=x`)
      expect(query.status, member).toBe(400)
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('ARC-07 odd JSON has one meaning, for the gate and for the handler', async () => {
    await using guarded = await startGuardedServer(engine)
    const { mlflow } = guarded.server
    const other = guarded.neighbour.split('/')[1]
    const twice = `{"run_id": "${guarded.run}", "run_id": "${other}", "key": "twice", "value": "1"}`
    expect((await mlflow.post('/2.0/mlflow/runs/set-tag', twice)).status).toBe(200)
    const tagsOf = async (run_id: string) =>
      ((await mlflow.get('/2.0/mlflow/runs/get', { run_id })).body.run.data.tags ?? []).map(
        ({ key }: { key: string }) => key,
      )
    expect(await tagsOf(guarded.run), 'the later one counts').not.toContain('twice')
    expect(await tagsOf(other ?? '')).toContain('twice')
    for (const start_time of [
      '12345678901234567890',
      'NaN',
      'Infinity',
      '1e400',
      '-9223372036854775809',
      '1.5',
      '{}',
    ]) {
      const answer = await mlflow.post('/2.0/mlflow/runs/create', `{"experiment_id": "0", "start_time": ${start_time}}`)
      expect(answer.status, `${start_time}: ${answer.text}`).toBe(400)
    }
    for (const text of ['"\\ud800"', '"a\\udc00b"', '"\\u0000"']) {
      for (const body of [
        `{"run_id": "${guarded.run}", "key": "odd", "value": ${text}}`,
        `{"run_id": "${guarded.run}", "key": ${text}, "value": "v"}`,
      ]) {
        const answer = await guarded.send('POST', '/api/2.0/mlflow/runs/set-tag', body, json)
        expectHarmless(guarded, answer, body)
        expect([200, 400]).toContain(answer.status)
      }
    }
    const read = await guarded.send('GET', `/api/2.0/mlflow/runs/get?run_id=${guarded.run}`)
    expect(read.text.isWellFormed()).toBe(true)
    expect(() => JSON.parse(read.text)).not.toThrow()
  })

  test('ARC-04 filters and orders are read by their grammar, and never become a part of a statement', async () => {
    await using guarded = await startGuardedServer(engine)
    const { mlflow } = guarded.server
    const before = await guarded.state()
    const filters = [
      "params.a = '1'; DROP TABLE runs --",
      "params.a = '1' OR 1=1",
      "params.a = '1' UNION SELECT name FROM users",
      "params.a = 'x' /* */ AND 1",
      "params.\"a' OR '1'='1\" = ''; --",
      'name = (SELECT name FROM users)',
      '1=1',
      "__import__('os').system('x')",
      '#{7*7}',
      "params.a = '1' --",
    ]
    const searches: [string, (filter: string) => object][] = [
      ['runs/search', (filter) => ({ experiment_ids: ['0'], filter })],
      ['experiments/search', (filter) => ({ max_results: 10, filter })],
      ['logged-models/search', (filter) => ({ experiment_ids: ['0'], filter })],
    ]
    for (const filter of filters) {
      for (const [path, body] of searches) {
        const answer = await guarded.send('POST', `/api/2.0/mlflow/${path}`, JSON.stringify(body(filter)), json)
        expectHarmless(guarded, answer, `${path} ${filter}`)
        expect(answer.status, `${path} ${filter}: ${answer.text}`).toBe(400)
      }
      for (const path of ['registered-models/search', 'model-versions/search']) {
        const answer = await guarded.send('GET', `/api/2.0/mlflow/${path}?filter=${encodeURIComponent(filter)}`)
        expectHarmless(guarded, answer, `${path} ${filter}`)
        expect(answer.status, `${path} ${filter}: ${answer.text}`).toBe(400)
      }
    }
    for (const order of [
      'params.a; DROP TABLE runs',
      '(SELECT 1)',
      'start_time, (SELECT 1)',
      'metrics.a DESC--',
      '1',
    ]) {
      const answer = await guarded.send(
        'POST',
        '/api/2.0/mlflow/runs/search',
        JSON.stringify({ experiment_ids: ['0'], order_by: [order] }),
        json,
      )
      expectHarmless(guarded, answer, order)
      expect(answer.status, `${order}: ${answer.text}`).toBe(400)
    }
    const value = 'it\'s; DROP TABLE runs -- " \\ %_'
    await mlflow.post('/2.0/mlflow/runs/set-tag', { run_id: guarded.run, key: 'quote', value })
    const found = await mlflow.post('/2.0/mlflow/runs/search', {
      experiment_ids: ['0'],
      filter: `tags.quote = "it's; DROP TABLE runs -- ' \\ %_"`,
    })
    expect(found.status).toBe(200)
    expect(JSON.parse(await guarded.state())[2]).toEqual(
      JSON.parse(before)[2].map((n: number, i: number) => (i === 7 ? n + 1 : n)),
    )
  })
})
