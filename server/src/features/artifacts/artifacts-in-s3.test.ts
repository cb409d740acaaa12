import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayProgram, type S3Gateway, startS3Gateway } from '../../blobs/testing/s3-gateway.ts'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const proxy = '/api/2.0/mlflow-artifacts/artifacts'

describe.skipIf(gatewayProgram === undefined).each(databases)('artifacts in S3 on %s', (engine) => {
  let gateway: S3Gateway

  beforeAll(async () => {
    gateway = await startS3Gateway()
  })
  afterAll(() => gateway?.[Symbol.asyncDispose]())

  const open = (main: string, ...named: string[]): Promise<TestServer> => {
    const endpoint = `http://127.0.0.1:${gateway.port}`
    const stores = named.flatMap((store) => ['--artifact-store', store])
    return startTestServer(engine, ['--artifacts', `s3://artifacts/${main}`, ...stores, '--s3-endpoint', endpoint])
  }
  const put = (server: TestServer, path: string, payload: string, mount = '') =>
    server.http.inject({ method: 'PUT', url: `${mount}${proxy}/${path}`, payload })
  const get = (server: TestServer, path: string, headers: Record<string, string> = {}, mount = '') =>
    server.http.inject({ method: 'GET', url: `${mount}${proxy}/${path}`, headers })
  const runIn = async (server: TestServer, location?: string) => {
    const experiment = await server.given.experiment(location === undefined ? {} : { artifact_location: location })
    const id = await server.given.run({ experiment_id: experiment })
    const { body } = await server.mlflow.get('/2.0/mlflow/runs/get', { run_id: id })
    return {
      id,
      uri: body.run.info.artifact_uri as string,
      path: body.run.info.artifact_uri.slice('mlflow-artifacts:/'.length),
    }
  }

  test('pass through the server as they do on disk', async () => {
    await using server = await open('through')
    const { id, path } = await runIn(server)
    expect((await put(server, `${path}/model/MLmodel`, 'flavors')).statusCode).toBe(200)
    expect((await put(server, `${path}/a.txt`, 'hello')).statusCode).toBe(200)
    const listed = await server.mlflow.get('/2.0/mlflow/artifacts/list', { run_id: id })
    expect(listed.body.files).toEqual([
      { path: 'a.txt', is_dir: false, file_size: 5 },
      { path: 'model', is_dir: true },
    ])
    const whole = await get(server, `${path}/a.txt`)
    expect(whole).toMatchObject({ statusCode: 200, body: 'hello' })
    expect(whole.headers).toMatchObject({ 'content-length': '5', 'content-disposition': 'attachment; filename=a.txt' })
    expect(await get(server, `${path}/a.txt`, { range: 'bytes=1-3' })).toMatchObject({ statusCode: 206, body: 'ell' })
    const etag = String(whole.headers['etag'])
    expect((await get(server, `${path}/a.txt`, { 'if-none-match': etag })).statusCode).toBe(304)
    expect((await get(server, `${path}/model`)).statusCode).toBe(400)
    expect((await get(server, `${path}/never`)).statusCode).toBe(404)
    await server.http.inject({ method: 'DELETE', url: `${proxy}/${path}` })
    expect((await get(server, `${path}/a.txt`)).statusCode).toBe(404)
  })

  test('workspaces do not see each other', async () => {
    await using server = await open('apart')
    await createTestWorkspace(server.db, 'other')
    const other = server.mounts.aidp.replace('/workspaces/default/', '/workspaces/other/')
    await put(server, '0/secret', 'of default')
    expect((await get(server, '0/secret', {}, other)).statusCode).toBe(404)
    expect((await get(server, 'workspaces/1/0/secret', {}, other)).statusCode).toBe(404)
    expect((await get(server, '0/secret')).body).toBe('of default')
  })

  test('clients send parts and fetch by themselves', async () => {
    await using server = await open('direct')
    const { id, path } = await runIn(server)
    const info = await server.mlflow.get('/3.0/mlflow/server-info')
    expect(info.body).toMatchObject({ multipart_uploads_enabled: true, multipart_downloads_enabled: true })
    const create = { path: '/home/me/big.bin', num_parts: 2 }
    const created = await server.mlflow.post(`/2.0/mlflow-artifacts/mpu/create/${path}/model`, create)
    const contents = ['x'.repeat(5 * 1024 * 1024), 'rest']
    const parts = []
    for (const [index, { url, part_number }] of created.body.credentials.entries()) {
      const sent = await fetch(url, { method: 'PUT', body: contents[index] as string })
      expect(sent.status).toBe(200)
      parts.push({ part_number, etag: sent.headers.get('etag'), url })
    }
    const { upload_id } = created.body
    const whole = { path: 'big.bin', upload_id, parts }
    const wrong = { ...whole, parts: [{ ...parts[0], etag: '"0"' }] }
    const complete = (body: object) => server.mlflow.post(`/2.0/mlflow-artifacts/mpu/complete/${path}/model`, body)
    expect((await get(server, `${path}/model/big.bin`)).statusCode).toBe(404)
    expect(await complete(wrong)).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect(await complete({ ...whole, upload_id: 'never' })).toMatchObject({ status: 404 })
    expect(await complete(whole)).toMatchObject({ status: 200, body: {} })
    const presigned = await server.mlflow.get(`/2.0/mlflow-artifacts/presigned/${path}/model/big.bin`)
    expect(presigned.body).toMatchObject({ headers: {}, file_size: 5 * 1024 * 1024 + 4 })
    const direct = await fetch(presigned.body.url, { headers: { range: 'bytes=5242880-' } })
    expect([direct.status, await direct.text()]).toEqual([206, 'rest'])
    expect(direct.headers.get('content-disposition')).toBe('attachment; filename=big.bin')
    expect((await fetch(presigned.body.url.replace('big.bin', 'other'))).status).toBe(403)

    const given = await server.mlflow.post(`/2.0/mlflow-artifacts/mpu/create/${path}`, { path: 'b', num_parts: 1 })
    const abort = () =>
      server.mlflow.post(`/2.0/mlflow-artifacts/mpu/abort/${path}`, { path: 'b', upload_id: given.body.upload_id })
    expect((await abort()).status).toBe(200)
    expect((await get(server, `${path}/b`)).statusCode).toBe(404)

    const upload = await server.mlflow.post('/2.0/mlflow/artifacts/presigned-upload-url', {
      run_id: id,
      path: 'd/p.json',
    })
    const { presigned_url, headers } = upload.body
    expect((await fetch(presigned_url, { method: 'PUT', headers, body: '{}' })).status).toBe(200)
    const download = { run_id: id, path: 'd/p.json', expiration: 60 }
    const fetched = await server.mlflow.post('/2.0/mlflow/artifacts/presigned-download-url', download)
    expect(fetched.body).toMatchObject({ file_size: 2 })
    expect(await (await fetch(fetched.body.presigned_url)).text()).toBe('{}')
    const long = await server.mlflow.post('/2.0/mlflow/artifacts/presigned-upload-url', {
      ...download,
      expiration: 604_801,
    })
    expect(long.status).toBe(400)
  })

  test('the locations of named stores follow them when they move', async () => {
    await using server = await open('main', 'cold=s3://artifacts/cold')
    const cases: [given: string, kept: string, key: string][] = [
      ['mlflow-artifacts:/@cold/own', 'mlflow-artifacts:/@cold/own', 'cold/workspaces/1/own'],
      ['s3://artifacts/cold/else/where/', 'mlflow-artifacts:/@cold/else/where', 'cold/workspaces/1/else/where'],
      ['s3://artifacts/main/x', 'mlflow-artifacts:/x', 'main/workspaces/1/x'],
    ]
    for (const [given, kept, key] of cases) {
      const { id, uri, path } = await runIn(server, given)
      expect(uri).toBe(`${kept}/${id}/artifacts`)
      expect((await put(server, `${path}/f.txt`, given)).statusCode).toBe(200)
      const whole = await import('../../blobs/s3/s3-blob-store.ts').then(({ openS3BlobStore }) =>
        openS3BlobStore(gateway.options('')),
      )
      expect(await whole.head(`${key}/${id}/artifacts/f.txt` as never)).toMatchObject({ kind: 'file' })
      const listed = await server.mlflow.get('/2.0/mlflow/artifacts/list', { run_id: id })
      expect(listed.body).toEqual({ root_uri: uri, files: [{ path: 'f.txt', is_dir: false, file_size: given.length }] })
      expect((await server.http.inject(`/get-artifact?run_id=${id}&path=f.txt`)).body).toBe(given)
    }
    const elsewhere = await runIn(server, 's3://artifacts/other/x')
    expect(elsewhere.uri).toBe(`s3://artifacts/other/x/${elsewhere.id}/artifacts`)
    expect((await server.mlflow.get('/2.0/mlflow/artifacts/list', { run_id: elsewhere.id })).status).toBe(400)
    expect(await put(server, '@unknown/x', 'x')).toMatchObject({ statusCode: 400 })
  })

  test('a store on disk beside it streams where the other one sends clients away', async () => {
    await using server = await open('mixed', `disk=${gateway.directory}-disk`)
    const info = await server.mlflow.get('/3.0/mlflow/server-info')
    expect(info.body).toMatchObject({ multipart_uploads_enabled: true, multipart_downloads_enabled: false })
    const body = { path: 'b', num_parts: 1 }
    expect((await server.mlflow.post('/2.0/mlflow-artifacts/mpu/create/@disk/x', body)).status).toBe(501)
    expect((await server.mlflow.post('/2.0/mlflow-artifacts/mpu/create/x', body)).status).toBe(200)
  })

  test('a store that is down is told by name, and nothing else of it', async () => {
    await using server = await startTestServer(engine, [
      '--artifacts',
      's3://artifacts/x',
      '--s3-endpoint',
      'http://127.0.0.1:1',
    ])
    const message = 'The artifact store s3://artifacts/x cannot be reached (ECONNREFUSED).'
    for (const answer of [await put(server, '0/a', 'x'), await get(server, '0/a')]) {
      expect(answer.statusCode).toBe(503)
      expect(answer.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE', message })
      expect(answer.headers['retry-after']).toBe('1')
    }
  })
})
