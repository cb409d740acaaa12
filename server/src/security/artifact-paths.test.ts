import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blobKey } from '../blobs/blob-path.ts'
import { openFileBlobStore } from '../blobs/file/file-blob-store.ts'
import type { S3Connection } from '../blobs/s3/s3-connection.ts'
import { listLevel } from '../blobs/s3/s3-listing.ts'
import { createTestWorkspace } from '../testing/create-test-workspace.ts'
import {
  canary,
  expectHarmless,
  type GuardedServer,
  startGuardedServer,
  workspaceMounts,
} from '../testing/security-oracle.ts'

const json = { 'content-type': 'application/json' }

interface Ask {
  readonly method: string
  readonly target: string
  readonly body?: string
}

/** Every route that takes the path of an artifact, at every mount. `wire` is the path as it stands in a URL. */
function routesWith(guarded: GuardedServer, model: string, wire: string, path: string | undefined): Ask[] {
  const { run, place } = guarded
  const asks: Ask[] = []
  for (const mount of workspaceMounts(guarded.server)) {
    for (const api of ['/api', '/ajax-api']) {
      const at = `${mount}${api}/2.0`
      for (const before of ['', `${place}/`]) {
        const proxied = `${at}/mlflow-artifacts/artifacts/${before}${wire}`
        asks.push({ method: 'GET', target: proxied }, { method: 'HEAD', target: proxied })
        asks.push({ method: 'PUT', target: proxied, body: 'x' }, { method: 'DELETE', target: proxied })
        asks.push({ method: 'GET', target: `${at}/mlflow-artifacts/presigned/${before}${wire}` })
        for (const step of ['create', 'complete', 'abort']) {
          const body = JSON.stringify({ path: 'x', upload_id: 'u', parts: [{ part_number: 1, etag: 'e' }] })
          asks.push({ method: 'POST', target: `${at}/mlflow-artifacts/mpu/${step}/${before}${wire}`, body })
        }
      }
      asks.push({ method: 'GET', target: `${at}/mlflow-artifacts/artifacts?path=${wire}` })
      asks.push({ method: 'GET', target: `${at}/mlflow/artifacts/list?run_id=${run}&path=${wire}` })
      asks.push({
        method: 'GET',
        target: `${at}/mlflow/logged-models/${model}/artifacts/directories?artifact_directory_path=${wire}`,
      })
      if (path === undefined) continue
      for (const direction of ['upload', 'download']) {
        asks.push({
          method: 'POST',
          target: `${at}/mlflow/artifacts/presigned-${direction}-url`,
          body: JSON.stringify({ run_id: run, path }),
        })
      }
    }
    const ajax = `${mount}/ajax-api/2.0/mlflow`
    asks.push({ method: 'GET', target: `${ajax}/logged-models/${model}/artifacts/files?artifact_file_path=${wire}` })
    asks.push({ method: 'POST', target: `${ajax}/upload-artifact?run_uuid=${run}&path=${wire}`, body: 'x' })
    asks.push({ method: 'GET', target: `${mount}/get-artifact?run_id=${run}&path=${wire}` })
    asks.push({ method: 'GET', target: `${mount}/model-versions/get-artifact?name=paths&version=1&path=${wire}` })
  }
  return asks
}

describe('paths of artifacts', () => {
  let guarded: GuardedServer
  let model: string

  beforeAll(async () => {
    guarded = await startGuardedServer('sqlite')
    const { mlflow } = guarded.server
    const made = await mlflow.post('/2.0/mlflow/logged-models', { experiment_id: '0', name: 'paths' })
    model = made.body.model.info.model_id
    await mlflow.post('/2.0/mlflow/registered-models/create', { name: 'paths' })
    const source = `mlflow-artifacts:/${guarded.place}`
    const version = await mlflow.post('/2.0/mlflow/model-versions/create', {
      name: 'paths',
      source,
      run_id: guarded.run,
    })
    expect(version.status, version.text).toBe(200)
  })
  afterAll(() => guarded[Symbol.asyncDispose]())

  async function refusedEverywhere(wire: string, path: string | undefined, statuses: readonly number[] = [400]) {
    const before = await guarded.state()
    for (const { method, target, body } of routesWith(guarded, model, wire, path)) {
      const answer = await guarded.send(
        method,
        target,
        body,
        method === 'POST' && !target.includes('upload-artifact') ? json : {},
      )
      expectHarmless(guarded, answer, `${method} ${target}`)
      expect(statuses, `${method} ${target}: ${answer.text.slice(0, 200)}`).toContain(answer.status)
    }
    expect(await guarded.state(), 'nothing has changed').toBe(before)
  }

  test.each([
    ['PATH-01 plain traversal', ['../x', 'a/../../x', 'a/..', '../../../../canary.txt', 'a/../b', '../'.repeat(40)]],
    [
      'PATH-02 encoded traversal',
      ['%2e%2e/x', '%2E%2e%2Fx', '%252e%252e/x', '..%2fx', '.%2e/x', 'a%2F..%2Fx', '%25252e%25252e%25252fx'],
    ],
    ['PATH-03 backslashes', ['..\\x', 'a\\..\\..\\x', 'a/..\\x', '..%5cx', 'a\\b', 'a%255Cb']],
    ['PATH-06 control bytes', ['a\0b', 'a\rb', 'a\tb', 'a\x7fb', 'a%00b', 'a%2500b', 'a%0d%0ab']],
  ])('%s is refused on every route, and nothing happens', async (_what, paths) => {
    for (const path of paths) await refusedEverywhere(encodeURIComponent(path), path)
  })

  test.each([
    [
      'PATH-04 absolute paths, drives and shares',
      ['/etc/passwd', '//etc/passwd', 'C:/x', 'C:\\x', 'c:x', '\\\\host\\share\\x', '//host/share/x'],
    ],
    [
      'PATH-08 addresses',
      [
        'file:///etc/passwd',
        'file:x',
        'FILE:x',
        'http://h/x',
        'https:x',
        'mlflow-artifacts:/x',
        's3://b/x',
        'runs:/a/b',
      ],
    ],
  ])('%s are refused as the path of a file', async (_what, paths) => {
    // Behind the place of a run they are names of folders, and what they hold cannot be written or read.
    const state = await guarded.state()
    for (const path of paths) {
      const wire = encodeURIComponent(path)
      for (const { method, target, body } of routesWith(guarded, model, wire, path)) {
        if (target.includes(`${guarded.place}/`)) continue
        const answer = await guarded.send(
          method,
          target,
          body,
          method === 'POST' && !target.includes('upload-artifact') ? json : {},
        )
        expectHarmless(guarded, answer, `${method} ${target}`)
        expect(answer.status, `${method} ${target}: ${answer.text.slice(0, 200)}`).toBe(400)
      }
    }
    expect(await guarded.state()).toBe(state)
  })

  test('PATH-01 PATH-02 dots in the URL itself are never resolved, in whatever spelling', async () => {
    for (const wire of ['../x', '%2e%2e/%2e%2e/canary.txt', '..;/x/../../y', '.%2E/x', 'a/%2e%2e/%2e%2e/%2e%2e']) {
      await refusedEverywhere(wire, undefined)
    }
  })

  test('PATH-06 line ends and bytes that are no UTF-8 are refused', async () => {
    for (const wire of ['a%0ab', '%ff', '%c0%ae%c0%ae/x', '%ed%a0%80', '%c3'])
      await refusedEverywhere(wire, undefined, [400, 404])
  })

  test('PATH-05 marks of a URL in a name are letters of it', async () => {
    const proxy = '/api/2.0/mlflow-artifacts/artifacts'
    for (const name of ['what?x=1', 'a?../b.txt', 'x;y', 'q?', 's;']) {
      const target = `${proxy}/${guarded.place}/marks/${encodeURIComponent(name)}`
      expect((await guarded.send('PUT', target, name)).status, name).toBe(200)
      expect((await guarded.send('GET', target)).text).toBe(name)
      const upload = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${guarded.run}&path=marks/up/${encodeURIComponent(name)}`
      expect((await guarded.send('POST', upload, name)).status).toBe(200)
    }
    const listed = await guarded.server.mlflow.get('/2.0/mlflow/artifacts/list', { run_id: guarded.run, path: 'marks' })
    expect(listed.body.files.map(({ path }: { path: string }) => path)).toEqual([
      'marks/a?..',
      'marks/q?',
      'marks/s;',
      'marks/up',
      'marks/what?x=1',
      'marks/x;y',
    ])
    await refusedEverywhere(encodeURIComponent('a#b'), 'a#b')
  })

  test('names that only look odd come back at every mount', async () => {
    for (const mount of workspaceMounts(guarded.server)) {
      for (const name of [
        'a b.txt',
        '100%.txt',
        'a+b.txt',
        'a?b.txt',
        'a;b.txt',
        'dür/漢 🚀.txt',
        'a..b.txt',
        '...',
        '~',
        '-rf',
      ]) {
        const target = `${mount}/api/2.0/mlflow-artifacts/artifacts/${guarded.place}/odd/${encodeURIComponent(name)}`
        expect((await guarded.send('PUT', target, `content of ${name}`)).status, name).toBe(200)
        expect((await guarded.send('GET', target)).text, name).toBe(`content of ${name}`)
        const read = `${mount}/get-artifact?run_id=${guarded.run}&path=odd/${encodeURIComponent(name)}`
        expect((await guarded.send('GET', read)).text, name).toBe(`content of ${name}`)
      }
    }
  })

  test('PATH-07 nobody removes everything by naming the root, and the root is that of the workspace', async () => {
    const { server } = guarded
    await createTestWorkspace(server.db, 'paths')
    const other = server.mounts.aidp.replace('/default/', '/paths/')
    const before = await guarded.state()
    for (const mount of workspaceMounts(server)) {
      const at = `${mount}/api/2.0/mlflow-artifacts/artifacts`
      for (const root of ['', '.', './.', './/', '%2e', '%2e/%2e', '%252e']) {
        const removed = await guarded.send('DELETE', `${at}/${root}`)
        expect([400, 404], `DELETE ${root}: ${removed.text}`).toContain(removed.status)
        const read = await guarded.send('GET', `${at}/${root}`)
        expectHarmless(guarded, read, `GET ${root}`)
      }
    }
    expect(await guarded.state()).toBe(before)
    const listed = await guarded.send('GET', `${other}/api/2.0/mlflow-artifacts/artifacts?path=.`)
    expect(listed.status).toBe(200)
    expect(JSON.parse(listed.text).files ?? []).toEqual([])
  })

  test('PATH-09 nothing is written or removed through a link', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'runstead-outside-'))
    await writeFile(join(outside, 'kept.txt'), canary)
    await symlink(outside, join(guarded.directory, 'link'))
    const proxy = `/api/2.0/mlflow-artifacts/artifacts/${guarded.place}`
    const written = await guarded.send('PUT', `${proxy}/link/new.txt`, 'x')
    expect(written.status, written.text).toBe(400)
    const deep = await guarded.send('PUT', `${proxy}/link/a/b/new.txt`, 'x')
    expect(deep.status, deep.text).toBe(400)
    const uploaded = await guarded.send(
      'POST',
      `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${guarded.run}&path=link/new.txt`,
      'x',
    )
    expect(uploaded.status, uploaded.text).toBe(400)
    for (const target of [`${proxy}/link/kept.txt`, `/get-artifact?run_id=${guarded.run}&path=link/kept.txt`]) {
      const read = await guarded.send('GET', target)
      expectHarmless(guarded, read, target)
      expect(read.status).toBe(404)
    }
    const listed = await guarded.send('GET', `/api/2.0/mlflow/artifacts/list?run_id=${guarded.run}&path=link`)
    expect(listed.text).not.toContain('kept.txt')
    await guarded.send('DELETE', `${proxy}/link/kept.txt`)
    await guarded.send('DELETE', `${proxy}/link`)
    expect(await readdir(outside)).toEqual(['kept.txt'])
    await rm(outside, { recursive: true })
  })

  test('PATH-12 identifiers lead nowhere either', async () => {
    const before = await guarded.state()
    const ids = ['..', '../x', '..%2fx', '%2e%2e', 'a/b', '..\\x', 'a\0', 'x'.repeat(5000)]
    for (const mount of workspaceMounts(guarded.server)) {
      for (const id of ids) {
        const wire = encodeURIComponent(id).replaceAll('.', '%2e')
        for (const [method, target, body] of [
          ['GET', `/api/2.0/mlflow/artifacts/list?run_id=${wire}`],
          ['GET', `/get-artifact?run_id=${wire}&path=own.txt`],
          ['POST', `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${wire}&path=x`, 'x'],
          ['GET', `/api/2.0/mlflow/logged-models/${wire}`],
          ['GET', `/api/2.0/mlflow/logged-models/${wire}/artifacts/directories`],
          ['GET', `/ajax-api/2.0/mlflow/logged-models/${wire}/artifacts/files?artifact_file_path=x`],
          ['GET', `/api/2.0/mlflow/webhooks/${wire}`],
          ['DELETE', `/api/2.0/mlflow/webhooks/${wire}`],
          [
            'POST',
            `/api/2.0/mlflow-artifacts/mpu/abort/${guarded.place}`,
            JSON.stringify({ path: 'x', upload_id: id }),
          ],
        ] as const) {
          const answer = await guarded.send(method, mount + target, body, target.includes('/mpu/') ? json : {})
          expectHarmless(guarded, answer, `${method} ${mount}${target}`.slice(0, 200))
          expect([400, 404, 414, 501], `${method} ${target}`.slice(0, 200)).toContain(answer.status)
        }
      }
    }
    expect(await guarded.state()).toBe(before)
  })

  test('PATH-13 a run does not reach its sibling', async () => {
    for (const up of ['../..', '%2e%2e/..', '..%2f..']) {
      const path = `${up}/${guarded.neighbour.slice(2)}/canary.txt`
      await refusedEverywhere(encodeURIComponent(path), path)
    }
  })

  test('PATH-15 paths inside an artifact are content', async () => {
    const content =
      'artifact_path: file:///etc/passwd\nmodel_uri: ../../canary.txt\nflavors: !!python/object:os.system {}\n'
    const proxy = `/api/2.0/mlflow-artifacts/artifacts/${guarded.place}`
    await guarded.send('PUT', `${proxy}/model/MLmodel`, content)
    for (const target of [
      `${proxy}/model/MLmodel`,
      '/model-versions/get-artifact?name=paths&version=1&path=model/MLmodel',
    ]) {
      const read = await guarded.send('GET', target)
      expect(read.text).toBe(content)
      expect(read.headers['content-disposition']).toMatch(/^attachment/)
    }
    const source = `mlflow-artifacts:/${guarded.place}/model`
    const version = await guarded.server.mlflow.post('/2.0/mlflow/model-versions/create', {
      name: 'paths',
      source,
      run_id: guarded.run,
    })
    expect(version.body.model_version.source).toBe(source)
  })

  test('PATH-16 there is nothing outside the routes: no file is served by its name', async () => {
    for (const target of [
      '/static-files/../../etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/static-files/..%5c..%5cx',
      '//etc/passwd',
      '/file:///etc/passwd',
      '/static-files/index.html',
      '/canary.txt',
    ]) {
      const answer = await guarded.send('GET', target)
      expectHarmless(guarded, answer, target)
      expect([400, 404], target).toContain(answer.status)
    }
  })
})

test('PATH-10 a directory that becomes a link between check and open is never followed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'runstead-race-'))
  const store = await openFileBlobStore(join(root, 'store'))
  const outside = join(root, 'outside')
  await mkdir(outside)
  await writeFile(join(outside, 'f.txt'), canary)
  await store.put(blobKey('a/dir/f.txt'), [Buffer.from('inside')] as unknown as AsyncIterable<Uint8Array>)
  const [dir, aside] = [join(root, 'store/a/dir'), join(root, 'store/a/aside')]
  let swapping = true
  const swaps = (async () => {
    while (swapping) {
      await rename(dir, aside)
      await symlink(outside, dir)
      await rm(dir)
      await rename(aside, dir)
    }
  })()
  let read = 0
  for (let round = 0; round < 2000; round++) {
    const blob = await store.open(blobKey('a/dir/f.txt'))
    if (blob === undefined) continue
    read++
    expect((await blob.bytes()).toString()).toBe('inside')
  }
  swapping = false
  await swaps
  expect(read).toBeGreaterThan(0)
  await rm(root, { recursive: true })
})

test('PATH-14 keys that lead out are neither listed nor served', async () => {
  const store = {
    bucket: 'b',
    call: async () => ({
      CommonPrefixes: [{ Prefix: 'p/../' }, { Prefix: 'p//' }, { Prefix: 'p/./' }, { Prefix: 'p/good/' }],
      Contents: [
        { Key: 'p/..', Size: 1 },
        { Key: 'p/', Size: 0 },
        { Key: 'p/file', Size: 1 },
      ],
    }),
  } as unknown as S3Connection
  const { entries } = await listLevel(store, 'p/', {})
  expect(entries.map(({ name }) => name)).toEqual(['file', 'good'])
  for (const key of ['p/../x', '/p', 'p//x', 'p/.', 'p/a\0']) expect(() => blobKey(key), key).toThrow()
})
