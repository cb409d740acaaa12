import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { refuseOverlappingPaths } from '../config/overlapping-paths.ts'
import { readServerConfig } from '../config/server-config.ts'
import type { Context, MessageHandler } from '../context/context.ts'
import { completeMultipartUpload, createMultipartUpload } from '../features/artifacts/multipart-upload.ts'
import { tenantOf } from '../lib/tenant.ts'
import { makeAdministrator, makeUser } from '../testing/log-in.ts'
import { startGuardedServer } from '../testing/security-oracle.ts'
import { startTestServer } from '../testing/start-test-server.ts'

test('LIM-09 listings come in pages, one level at a time, and loops are no way down', async () => {
  await using guarded = await startGuardedServer('sqlite')
  const many = join(guarded.directory, 'many')
  await mkdir(many, { recursive: true })
  for (let index = 0; index < 1100; index++) await writeFile(join(many, `f${index}`), '')
  await symlink('..', join(many, 'loop'))
  const list = (query: Record<string, string>) =>
    guarded.server.aidp.get('/2.0/mlflow/artifacts/list', { run_id: guarded.run, path: 'many', ...query })
  const first = (await list({})).body
  expect(first.files).toHaveLength(1000)
  const second = (await list({ page_token: first.next_page_token })).body
  expect(second.files).toHaveLength(100)
  expect(second.next_page_token).toBeUndefined()
  const names = [...first.files, ...second.files].map(({ path }: { path: string }) => path)
  expect(names).not.toContain('many/loop')
  const deep = await guarded.server.aidp.get('/2.0/mlflow/artifacts/list', {
    run_id: guarded.run,
    path: 'many/loop/many/loop',
  })
  expect(deep.body.files ?? []).toEqual([])
})

describe('LIM-11 uploads in parts', () => {
  const direct = {
    createMultipart: async (_key: unknown, parts: number) => ({
      uploadId: 'u',
      requests: Array.from({ length: parts }, () => ({ url: 'u', headers: {} })),
    }),
    completeMultipart: async () => undefined,
  }
  const context = { blobs: { directFor: () => direct }, tenant: tenantOf(1) } as unknown as Context
  const ask = (handler: MessageHandler, fields: object) =>
    handler.handle(context, { path: 'f', artifact_path: '1/r/artifacts', ...fields })

  test.each([0, -1, 10_001, 2 ** 53])('%s parts are refused', async (num_parts) => {
    await expect(ask(createMultipartUpload, { num_parts })).rejects.toMatchObject({ code: 'invalid-parameter' })
  })

  test.each([
    ['part 0', [{ part_number: 0, etag: 'e' }]],
    ['a part without a number', [{ etag: 'e' }]],
    ['part 10,001', [{ part_number: 10_001, etag: 'e' }]],
    [
      'the same part twice',
      [
        { part_number: 1, etag: 'e' },
        { part_number: 1, etag: 'f' },
      ],
    ],
    ['no part', []],
    ['too many parts', Array.from({ length: 10_001 }, (_, index) => ({ part_number: index + 1, etag: 'e' }))],
  ])('%s completes nothing', async (_what, parts) => {
    await expect(ask(completeMultipartUpload, { upload_id: 'u', parts })).rejects.toMatchObject({
      code: 'invalid-parameter',
    })
  })

  test('10,000 parts are taken', async () => {
    const parts = Array.from({ length: 10_000 }, (_, index) => ({ part_number: index + 1, etag: 'e' }))
    await expect(ask(completeMultipartUpload, { upload_id: 'u', parts })).resolves.toEqual({ body: {} })
  })
})

test('DISC-06 what gives rights cannot be guessed; a number of an experiment gives none', async () => {
  await using server = await startTestServer('sqlite')
  const runs = [await server.given.run(), await server.given.run()]
  // Runs sort by time, so part of an id is the time; 65 bits are random.
  const random = runs.map((id) => BigInt(`0x${id.slice(16)}`))
  expect(random[0]).not.toBe(random[1])
  expect(new Set(random.map((bits) => bits >> 32n)).size).toBe(2)
  const experiment = await server.given.experiment()
  const root = await makeAdministrator(server)
  const tokens = await Promise.all(['a', 'b'].map((name) => makeUser(server, root.mlflow, { name })))
  for (const { token } of tokens) expect(token).toMatch(/^rst_[\w-]{43,}$/)
  expect(tokens[0]?.token.slice(4, 20)).not.toBe(tokens[1]?.token.slice(4, 20))
  for (const id of ['0', experiment]) {
    const guessed = await tokens[0]?.mlflow.get('/2.0/mlflow/experiments/get', { experiment_id: id })
    expect([403, 404], id).toContain(guessed?.status)
  }
})

test('AUTHZ-10 AUTHZ-20 webhooks are for administrators, and their secrets for nobody', async () => {
  await using server = await startTestServer('sqlite', ['--webhook-schemes', 'https', '--webhook-private-targets'])
  const root = await makeAdministrator(server)
  const plain = await makeUser(server, root.mlflow, { name: 'plain' })
  const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }]
  const made = await root.mlflow.post('/2.0/mlflow/webhooks', {
    name: 'hook',
    url: 'https://127.0.0.1:1/',
    events,
    secret: 'hook-hunter2',
  })
  expect(made.status, made.text).toBe(200)
  const id = made.body.webhook.webhook_id
  for (const answer of [
    made,
    await root.mlflow.get('/2.0/mlflow/webhooks'),
    await root.mlflow.get(`/2.0/mlflow/webhooks/${id}`),
  ]) {
    expect(answer.text).not.toContain('hook-hunter2')
  }
  for (const path of ['', `/${id}`]) {
    expect([403, 404]).toContain((await plain.mlflow.get(`/2.0/mlflow/webhooks${path}`)).status)
  }
  for (const answer of [
    await plain.mlflow.post('/2.0/mlflow/webhooks', { name: 'mine', url: 'https://127.0.0.1:1/', events }),
    await plain.mlflow.patch(`/2.0/mlflow/webhooks/${id}`, { name: 'mine' }),
    await plain.mlflow.post(`/2.0/mlflow/webhooks/${id}/test`, {}),
    await plain.mlflow.delete(`/2.0/mlflow/webhooks/${id}`),
  ]) {
    expect([403, 404]).toContain(answer.status)
  }
  expect((await root.mlflow.get(`/2.0/mlflow/webhooks/${id}`)).body.webhook.name).toBe('hook')
})

describe('DISC-09 files that unlock the server', () => {
  const configOf = (...flags: string[]) => readServerConfig(flags, {})

  test('never lie where artifacts are served from', async () => {
    const root = await mkdtemp(join(tmpdir(), 'runstead-overlap-'))
    const data = join(root, 'data')
    await mkdir(data)
    await symlink(data, join(root, 'link'))
    for (const flags of [
      ['--artifacts', data],
      ['--artifacts', root],
      ['--artifacts', join(root, 'link')],
      ['--artifacts', join(data, '..')],
      ['--artifacts', join(root, 'files'), '--database', `sqlite:${join(root, 'files/db/runstead.db')}`],
      ['--artifact-store', `a=${root}`],
      ['--artifacts', join(root, 'one'), '--artifact-store', `a=${join(root, 'one/two')}`],
      ['--artifact-store', `a=${join(root, 'same')},b=${join(root, 'same')}`],
    ]) {
      expect(() => refuseOverlappingPaths(configOf('--data-dir', data, ...flags)), flags.join(' ')).toThrow(
        /--artifact/,
      )
    }
    for (const flags of [
      [],
      ['--artifacts', join(root, 'files')],
      ['--artifacts', join(data, 'artifacts-beside')],
      ['--artifacts', `${data}-beside`],
    ]) {
      expect(() => refuseOverlappingPaths(configOf('--data-dir', data, ...flags)), flags.join(' ')).not.toThrow()
    }
    await rm(root, { recursive: true })
  })

  test("are for the server's user alone", { timeout: 60_000 }, async () => {
    const root = await mkdtemp(join(tmpdir(), 'runstead-modes-'))
    const data = join(root, 'data')
    const bin = join(import.meta.dirname, '../../bin/runstead.js')
    const child = spawn(process.execPath, [bin, 'server', '--port', '0', '--data-dir', data, '--log-level', 'silent'])
    try {
      await once(child.stdout, 'data')
      for (const name of ['', ...(await readdir(data))]) {
        const { mode } = await stat(join(data, name))
        expect(mode & 0o077, `${name} ${mode.toString(8)}`).toBe(0)
      }
    } finally {
      child.kill('SIGTERM')
      await once(child, 'exit')
      await rm(root, { recursive: true, force: true })
    }
  })
})
