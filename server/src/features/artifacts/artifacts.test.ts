import { describe, expect, test } from 'vitest'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const proxy = '/api/2.0/mlflow-artifacts/artifacts'
const list = '/2.0/mlflow/artifacts/list'
const invalidPath =
  '{"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path","sqlstate":"KAM00","error_class":"INVALID_PARAMETER_VALUE"}'

type Headers = Record<string, string>

function put(server: TestServer, path: string, payload: string | Buffer, mount = '') {
  return server.http.inject({ method: 'PUT', url: `${mount}${proxy}/${path}`, payload })
}

function fetch(server: TestServer, path: string, headers: Headers = {}, mount = '') {
  return server.http.inject({ method: 'GET', url: `${mount}${proxy}/${path}`, headers })
}

async function givenRun(server: TestServer, location?: string): Promise<{ id: string; path: string }> {
  const experiment = await server.given.experiment(location === undefined ? {} : { artifact_location: location })
  const id = await server.given.run({ experiment_id: experiment })
  return { id, path: `${experiment}/${id}/artifacts` }
}

describe.each(databases)('artifacts on %s', (engine) => {
  test('what was uploaded is listed and comes back', async () => {
    await using server = await startTestServer(engine)
    const { id, path } = await givenRun(server)
    const files = {
      'a.txt': Buffer.from('hello'),
      'empty.bin': Buffer.alloc(0),
      'model/data/weights.bin': Buffer.from([0, 1, 254, 255]),
      'dür/漢 🚀.txt': Buffer.from('unicode'),
    }
    for (const [name, bytes] of Object.entries(files)) {
      const answer = await put(server, `${path}/${encodeURI(name)}`, bytes)
      expect([answer.statusCode, answer.body, answer.headers['content-type']]).toEqual([200, '', undefined])
      const back = await fetch(server, `${path}/${encodeURI(name)}`)
      expect(back.statusCode).toBe(200)
      expect(back.rawPayload.equals(bytes), name).toBe(true)
      expect(back.headers).toMatchObject({
        'content-length': String(bytes.length),
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
        'content-disposition': expect.stringMatching(/^attachment; filename=/),
        etag: expect.stringMatching(/^"[^"]+"$/),
        'last-modified': expect.stringMatching(/ GMT$/),
      })
    }
    expect((await server.mlflow.get(list, { run_id: id })).text).toBe(
      [
        '{',
        `  "root_uri": "mlflow-artifacts:/${path}",`,
        '  "files": [',
        '    {\n      "path": "a.txt",\n      "is_dir": false,\n      "file_size": 5\n    },',
        '    {\n      "path": "d\\u00fcr",\n      "is_dir": true\n    },',
        '    {\n      "path": "empty.bin",\n      "is_dir": false\n    },',
        '    {\n      "path": "model",\n      "is_dir": true\n    }',
        '  ]',
        '}',
      ].join('\n'),
    )
    const inFolder = { path: 'model/data/weights.bin', is_dir: false, file_size: 4 }
    for (const folder of ['model/data', 'model/data/', '%6dodel/data']) {
      expect((await server.mlflow.get(list, { run_uuid: id, path: folder })).body.files).toEqual([inFolder])
    }
    expect((await server.mlflow.get(list, { run_id: id, path: 'a.txt' })).body).toEqual({
      root_uri: `mlflow-artifacts:/${path}`,
    })
    const byProxy = await server.mlflow.get('/2.0/mlflow-artifacts/artifacts', { path: `${path}/model/data` })
    expect(byProxy.body).toEqual({ files: [{ ...inFolder, path: 'weights.bin' }] })
  })

  test('a file is replaced, and answers conditions and ranges', async () => {
    await using server = await startTestServer(engine)
    await put(server, '0/a.txt', 'old and longer')
    const before = await fetch(server, '0/a.txt')
    await put(server, '0/a.txt', 'hello world')
    const { headers } = await fetch(server, '0/a.txt')
    expect(headers['etag']).not.toBe(before.headers['etag'])
    const etag = String(headers['etag'])
    const part = await fetch(server, '0/a.txt', { range: 'bytes=-5', 'if-range': etag })
    expect(part).toMatchObject({ statusCode: 206, body: 'world' })
    expect(part.headers).toMatchObject({ 'content-range': 'bytes 6-10/11', 'content-length': '5', etag })
    const stale = await fetch(server, '0/a.txt', { range: 'bytes=-5', 'if-range': String(before.headers['etag']) })
    expect(stale).toMatchObject({ statusCode: 200, body: 'hello world' })
    const beyond = await fetch(server, '0/a.txt', { range: 'bytes=11-' })
    expect([beyond.statusCode, beyond.body, beyond.headers['content-range']]).toEqual([416, '', 'bytes */11'])
    const known = await fetch(server, '0/a.txt', { 'if-none-match': etag })
    expect([known.statusCode, known.body, known.headers['etag']]).toEqual([304, '', etag])
    const malformed = await fetch(server, '0/a.txt', { range: 'bytes=3-1' })
    expect([malformed.statusCode, malformed.body]).toEqual([400, 'Range header: start must be less than end'])
    const head = await server.http.inject({ method: 'HEAD', url: `${proxy}/0/a.txt` })
    expect([head.statusCode, head.body, head.headers['content-length'], head.headers['cache-control']]).toEqual([
      200,
      '',
      '11',
      'no-cache',
    ])
  })

  test('a file or a whole folder is deleted, and nothing is fine', async () => {
    await using server = await startTestServer(engine)
    for (const name of ['a/1', 'a/b/2', 'ab', 'c']) await put(server, `0/${name}`, 'x')
    for (const path of ['0/a', '0/c', '0/c', '0/never/there']) {
      const answer = await server.http.inject({ method: 'DELETE', url: `/ajax-api${proxy.slice(4)}/${path}` })
      expect([answer.statusCode, answer.body]).toEqual([200, '{}'])
    }
    const left = await server.mlflow.get('/2.0/mlflow-artifacts/artifacts', { path: '0' })
    expect(left.body).toEqual({ files: [{ path: 'ab', is_dir: false, file_size: 1 }] })
    const nothingNamed = await server.http.inject({ method: 'DELETE', url: `${proxy}/` })
    expect(nothingNamed.statusCode).toBe(404)
    const dots = await server.http.inject({ method: 'DELETE', url: `${proxy}/0/%252e%252e/0` })
    expect(dots.statusCode).toBe(400)
  })

  test('the proxy spells its refusals as MLflow does', async () => {
    await using server = await startTestServer(engine)
    await put(server, '0/dir/file', 'x')
    const detail = (path: string) => `{"detail":"Artifact path refers to a directory, not a file: '${path}'"}`
    const noName = `{"detail":"Artifact path must include a filename (cannot end with '/')."}`
    const missing =
      '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No such artifact: \'0/never\'","sqlstate":"KAM00","error_class":"RESOURCE_NOT_FOUND"}'
    const cases: [string, string, number, string | RegExp][] = [
      ['GET', '0/never', 404, missing],
      ['GET', '0/dir', 400, detail('0/dir')],
      ['GET', '', 400, detail('')],
      ['GET', 'a%23b', 400, invalidPath],
      ['PUT', '0/', 400, noName],
      ['PUT', '', 400, noName],
      ['PUT', 'C:/x', 400, invalidPath],
      ['PUT', '0/a%0Ab', 404, '{"detail":"Not Found"}'],
      ['PUT', '0/dir', 400, /"message":"Path refers to a directory, not a file"/],
      ['PUT', '0/dir/file/x', 400, /"message":"A part of the path is a file, not a directory"/],
      ['PUT', '0//dir//x', 500, /"INTERNAL_ERROR","message":"Invalid artifact path: '0\/\/dir'/],
      ['PUT', `0/${'x'.repeat(256)}`, 400, /name longer than 255 bytes/],
    ]
    for (const [method, path, status, body] of cases) {
      const answer = await server.http.inject({ method: method as 'GET', url: `${proxy}/${path}`, payload: 'x' })
      expect([answer.statusCode, answer.body], `${method} ${path}`).toEqual([
        status,
        typeof body === 'string' ? body : expect.stringMatching(body),
      ])
    }
    const long = await fetch(server, '0/dir', {}, server.mounts.aidp)
    expect(long.json()).toEqual({
      code: 'InvalidParameter',
      message: "Artifact path refers to a directory, not a file: '0/dir'",
      error_code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('a workspace sees its own artifacts only', async () => {
    await using server = await startTestServer(engine)
    await createTestWorkspace(server.db, 'other')
    const other = server.mounts.aidp.replace('/workspaces/default/', '/workspaces/other/')
    await put(server, '0/secret', 'of default')
    await put(server, '0/own', 'of other', other)
    expect((await fetch(server, '0/secret', {}, server.mounts.aidp)).body).toBe('of default')
    expect((await fetch(server, '0/own', {}, other)).body).toBe('of other')
    expect((await fetch(server, '0/secret', {}, other)).statusCode).toBe(404)
    expect((await fetch(server, '0/own')).statusCode).toBe(404)
    const names = await server.http.inject({ method: 'GET', url: `${other}${proxy}?path=0` })
    expect(names.json()).toEqual({ files: [{ path: 'own', is_dir: false, file_size: 8 }] })
    await server.http.inject({ method: 'DELETE', url: `${other}${proxy}/0` })
    expect((await fetch(server, '0/secret')).body).toBe('of default')
    const run = await server.given.run()
    const foreign = await server.http.inject({ method: 'GET', url: `${other}/get-artifact?run_id=${run}&path=x` })
    expect(foreign.json()).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Run with id=${run} not found`,
    })
  })

  test('artifacts lie where the experiment says', async () => {
    await using server = await startTestServer(engine)
    const { id } = await givenRun(server, 'mlflow-artifacts:/own/place')
    await put(server, `own/place/${id}/artifacts/f.txt`, 'located')
    const listed = await server.mlflow.get(list, { run_id: id })
    expect(listed.body).toEqual({
      root_uri: `mlflow-artifacts:/own/place/${id}/artifacts`,
      files: [{ path: 'f.txt', is_dir: false, file_size: 7 }],
    })
    expect((await server.http.inject(`/get-artifact?run_id=${id}&path=f.txt`)).body).toBe('located')
  })

  test.each(['/etc', 'file:///etc', 's3://bucket/p'])('artifacts at %s are not served', async (location) => {
    await using server = await startTestServer(engine)
    const { id } = await givenRun(server, location)
    const message = expect.stringContaining('This server does not serve artifacts at ')
    const answers = [
      await server.mlflow.get(list, { run_id: id }),
      await server.mlflow.get(list, { run_id: id, path: 'ssh' }),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 400, body: { message } })
    const read = await server.http.inject(`/get-artifact?run_id=${id}&path=passwd`)
    expect(read.json()).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', message })
    const url = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${id}&path=x`
    const written = await server.http.inject({ method: 'POST', url, payload: 'x' })
    expect(written.json()).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', message })
  })

  test('get-artifact downloads for the UI', async () => {
    await using server = await startTestServer(engine)
    const { id, path } = await givenRun(server)
    await put(server, `${path}/dir/page.html`, '<b>x</b>')
    for (const field of ['run_id', 'run_uuid']) {
      const answer = await server.http.inject(`/get-artifact?${field}=${id}&path=dir/page.html`)
      expect([answer.statusCode, answer.body]).toEqual([200, '<b>x</b>'])
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html',
        'content-disposition': 'attachment; filename=page.html',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      })
    }
    const refused: [string, number, string][] = [
      [`run_id=${id}&path=never`, 404, `No such artifact: '${path}/never'`],
      [`run_id=${id}&path=dir`, 400, `Artifact path refers to a directory, not a file: '${path}/dir'`],
      [`run_id=${id}&path=`, 400, `Artifact path refers to a directory, not a file: '${path}'`],
      [`run_id=${id}&path=../../x`, 400, 'Invalid path'],
      [`run_id=${id}`, 400, "Missing value for required parameter 'path'."],
      ['path=x', 404, 'Run with id=None not found'],
      ['run_id=never&path=x', 404, 'Run with id=never not found'],
    ]
    for (const [query, status, message] of refused) {
      const answer = await server.http.inject(`/get-artifact?${query}`)
      expect([answer.statusCode, answer.json().message], query).toEqual([status, expect.stringContaining(message)])
    }
  })

  test('upload-artifact takes up to 10 MiB for a run', async () => {
    await using server = await startTestServer(engine)
    const { id, path } = await givenRun(server)
    const upload = (query: string, payload: string | Buffer) =>
      server.http.inject({ method: 'POST', url: `/ajax-api/2.0/mlflow/upload-artifact?${query}`, payload })
    const most = Buffer.alloc(10 * 1024 * 1024, 7)
    const answer = await upload(`run_uuid=${id}&path=up/loaded.bin`, most)
    expect([answer.statusCode, answer.body, answer.headers['content-type']]).toEqual([200, '', 'application/json'])
    expect((await fetch(server, `${path}/up/loaded.bin`)).rawPayload.equals(most)).toBe(true)
    const refused: [string, string | Buffer, string][] = [
      ['path=x', 'x', 'Request must specify run_uuid.'],
      [`run_uuid=${id}`, 'x', 'Request must specify path.'],
      [`run_uuid=${id}&path=x`, '', 'Request must specify data.'],
      [`run_uuid=${id}&path=../x`, 'x', 'Invalid path'],
      [`run_uuid=${id}&path=x`, Buffer.alloc(most.length + 1), 'Artifact size is too large. Max size is 10MB.'],
      ['run_uuid=never&path=x', 'x', 'Run with id=never not found'],
    ]
    for (const [query, payload, message] of refused) {
      expect((await upload(query, payload)).json().message, query).toBe(message)
    }
    expect((await server.mlflow.get(list, { run_id: id })).body.files).toEqual([{ path: 'up', is_dir: true }])
  })

  test('a store that clients cannot reach presigns nothing', async () => {
    await using server = await startTestServer(engine)
    const { id, path } = await givenRun(server)
    const local = await givenRun(server, '/data/artifacts')
    const upload = 'Multipart upload is not supported for the current artifact repository'
    for (const [what, body] of [
      ['create', { path: 'b', num_parts: 2 }],
      ['complete', { path: 'b', upload_id: 'u', parts: [] }],
      ['abort', { path: 'b', upload_id: 'u' }],
    ] as const) {
      const answer = await server.mlflow.post(`/2.0/mlflow-artifacts/mpu/${what}/${path}`, body)
      expect([answer.status, answer.text]).toEqual([501, `{"error_code": "NOT_IMPLEMENTED", "message": "${upload}"}`])
    }
    const download = await server.mlflow.get(`/2.0/mlflow-artifacts/presigned/${path}/a.txt`)
    expect(download).toMatchObject({ status: 501, body: { message: upload.replace('upload', 'download') } })
    const presign = async (what: string, body: object) => {
      const answer = await server.mlflow.post(`/2.0/mlflow/artifacts/presigned-${what}-url`, body)
      return [answer.status, answer.body.message]
    }
    const proxied = 'proxied artifact storage (artifact URI scheme: mlflow-artifacts)'
    const cases: [string, object, number, string][] = [
      ['upload', { run_id: id, path: 'x' }, 400, `Presigned upload is not supported for ${proxied}`],
      ['upload', { path: 'x' }, 400, 'Exactly one of run_id and model_id must be provided.'],
      ['upload', { run_id: id, model_id: 'm', path: 'x' }, 400, 'Exactly one of run_id and model_id'],
      ['upload', { run_id: id, path: '../x' }, 400, 'Invalid path'],
      ['upload', { run_id: 'never', path: 'x' }, 404, 'Run with id=never not found'],
      ['upload', { model_id: 'm-never', path: 'x' }, 404, 'm-never'],
      ['upload', { run_id: local.id, path: 'x' }, 501, 'Presigned upload is not supported for the current'],
      ['download', { run_id: id, path: 'x' }, 400, `Presigned download is not supported for runs with ${proxied}`],
      [
        'download',
        { run_id: id, path: 'x', expiration: 0 },
        400,
        'expiration must be between 1 and 604800 seconds (got 0).',
      ],
      ['download', { run_id: local.id, path: 'x' }, 501, 'Presigned download is not supported for the current'],
    ]
    for (const [what, body, status, message] of cases) {
      expect(await presign(what, body), JSON.stringify(body)).toEqual([status, expect.stringContaining(message)])
    }
  })

  test('the listing of the other face is the same', async () => {
    await using server = await startTestServer(engine)
    const { id, path } = await givenRun(server)
    await put(server, `${path}/a.txt`, 'x', server.mounts.aidp)
    expect((await server.aidp.get(list, { run_id: id })).body).toEqual(
      (await server.mlflow.get(list, { run_id: id })).body,
    )
    const unknown = await server.aidp.get(list, { run_id: 'never' })
    expect(unknown).toMatchObject({ status: 404, body: { code: 'NotAuthorizedOrNotFound' } })
  })
})
