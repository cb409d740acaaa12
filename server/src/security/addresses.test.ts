import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { databases } from '../testing/databases.ts'
import { expectHarmless, type GuardedServer, startGuardedServer, workspaceMounts } from '../testing/security-oracle.ts'

const json = { 'content-type': 'application/json' }

/** A listener that stands for a host inside the network, and counts who comes. */
async function internalHost(): Promise<{ readonly host: string; connections(): number } & AsyncDisposable> {
  let connections = 0
  const server = createServer((_request, response) => response.end('inside')).on('connection', () => connections++)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe.each(databases)('stored addresses on %s', (engine) => {
  /** Tries an address at every setter of every mount: all refuse it, and nothing is stored. */
  async function refused(guarded: GuardedServer, addresses: readonly string[], secret?: string) {
    const { mlflow } = guarded.server
    await mlflow.post('/2.0/mlflow/registered-models/create', { name: 'addresses' })
    const before = await guarded.state()
    for (const address of addresses) {
      for (const mount of workspaceMounts(guarded.server)) {
        for (const api of ['/api/2.0/mlflow', '/ajax-api/2.0/mlflow']) {
          for (const [path, body] of [
            ['experiments/create', { name: `at ${address}`.slice(0, 200), artifact_location: address }],
            ['model-versions/create', { name: 'addresses', source: address }],
            ['model-versions/create', { name: 'addresses', source: address, run_id: guarded.run }],
          ] as const) {
            const answer = await guarded.send('POST', `${mount}${api}/${path}`, JSON.stringify(body), json)
            const what = `${mount}${api}/${path} ${address}`
            expect(answer.status, `${what}: ${answer.text}`).toBeGreaterThanOrEqual(400)
            // MLflow's word for a file URI with a host is INTERNAL_ERROR.
            if (!address.toLowerCase().startsWith('file://')) {
              expectHarmless(guarded, answer, what)
              expect([400, 404], what).toContain(answer.status)
            }
            if (secret !== undefined) expect(answer.text, what).not.toContain(secret)
          }
        }
      }
    }
    expect(await guarded.state()).toBe(before)
  }

  test('URI-01 URI-03 URI-08 dot segments are refused in every spelling, at every setter', async () => {
    await using guarded = await startGuardedServer(engine)
    await refused(guarded, [
      's3://bucket/../x',
      's3://bucket/a/%2e%2e/x',
      's3://bucket/a/%252e%252e/x',
      's3://bucket/a;/../x',
      's3://bucket/a/..;x/y',
      's3://bucket/..\\x',
      `mlflow-artifacts:/${guarded.place}/../../${guarded.neighbour.slice(2)}`,
      `mlflow-artifacts:/${guarded.place}/%2e%2e/x`,
      'mlflow-artifacts:/..',
      '../x',
      '/data/../etc',
    ])
  })

  test('URI-02 URI-03 queries, fragments and parameters are refused', async () => {
    await using guarded = await startGuardedServer(engine)
    await refused(guarded, [
      's3://bucket/a?x=1',
      's3://bucket/a?/../../etc/passwd',
      's3://bucket/a?a=%2e%2e/x',
      `mlflow-artifacts:/${guarded.place}?x=/../..`,
      'mlflow-artifacts:/x;y?../z',
    ])
  })

  test('URI-11 credentials are refused and not repeated', async () => {
    await using guarded = await startGuardedServer(engine)
    await refused(
      guarded,
      [
        's3://user:hunter2@bucket/x',
        'https://user:hunter2@host/x',
        'mlflow-artifacts://user:hunter2@host/x',
        'ftp://user:hunter2@host/x',
        'S3://a:hunter2@b/c',
        'gs://user:hunter2@bucket/%2e%2e',
      ],
      'hunter2',
    )
  })

  test('SSRF-01 SSRF-03 no address makes the server connect', async () => {
    await using guarded = await startGuardedServer(engine)
    await using inside = await internalHost()
    const { host } = inside
    const own = `127.0.0.1:${guarded.port}`
    await refused(guarded, [
      `http://${host}/x`,
      `https://${host}/x`,
      `HTTP://${host}/api/2.0/mlflow-artifacts/artifacts/x`,
      `ftp://${host}/x`,
      `mlflow-artifacts://${host}/x`,
      `mlflow-artifacts://${own}/x`,
      `https://${own}/api/2.0/mlflow-artifacts/artifacts/x`,
      `hdfs://${host}/x`,
    ])
    expect(inside.connections()).toBe(0)
  })

  test('URI-10 SSRF-02 addresses of an earlier time are refused again when they are used', async () => {
    await using guarded = await startGuardedServer(engine)
    await using inside = await internalHost()
    const { server } = guarded
    for (const [index, location] of [
      'file:///etc',
      '/etc',
      `http://${inside.host}/x`,
      `mlflow-artifacts:/${guarded.place}/../../..`,
      'mlflow-artifacts:/%2e%2e/%2e%2e',
      'runs:/x/y',
    ].entries()) {
      const experiment = await server.given.experiment({ name: `old ${index}` })
      await server.db.write(1 as never, (tx) =>
        sql`update experiments set artifact_location = ${location} where tenant = 1 and experiment = ${Number(experiment)}`.execute(
          tx,
        ),
      )
      const run = await server.given.run({ experiment_id: experiment })
      for (const mount of workspaceMounts(server)) {
        for (const [method, target, body] of [
          ['GET', `/get-artifact?run_id=${run}&path=passwd`],
          ['GET', `/api/2.0/mlflow/artifacts/list?run_id=${run}`],
          ['POST', `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=canary.txt`, 'x'],
        ] as const) {
          const answer = await guarded.send(method, mount + target, body)
          expectHarmless(guarded, answer, `${method} ${location}`)
          expect(answer.status, `${method} ${location}: ${answer.text}`).toBe(400)
          expect(answer.text).not.toContain('root:')
        }
      }
    }
    expect(inside.connections()).toBe(0)
  })

  test('URI-04 URI-05 files of this machine are no source, and as a location only a text that is never opened', async () => {
    await using guarded = await startGuardedServer(engine)
    const { mlflow } = guarded.server
    await mlflow.post('/2.0/mlflow/registered-models/create', { name: 'local' })
    const spellings = [
      '/etc',
      'file:/etc',
      'file:///etc',
      'FILE:///etc',
      '//localhost/etc',
      'file://localhost/etc',
      'file://127.0.0.1/etc',
      'file://./etc',
      'File:/etc',
      '///etc',
    ]
    const before = await guarded.state()
    for (const source of spellings) {
      for (const fields of [{}, { run_id: guarded.run }, { run_id: 'none' }]) {
        const answer = await mlflow.post('/2.0/mlflow/model-versions/create', { name: 'local', source, ...fields })
        expect(answer.status, `${source}: ${answer.text}`).toBe(400)
      }
    }
    expect(await guarded.state()).toBe(before)
    for (const [index, location] of spellings.entries()) {
      const made = await mlflow.post('/2.0/mlflow/experiments/create', {
        name: `local ${index}`,
        artifact_location: location,
      })
      if (made.status !== 200) continue
      const run = await guarded.server.given.run({ experiment_id: made.body.experiment_id })
      const read = await guarded.send('GET', `/get-artifact?run_id=${run}&path=passwd`)
      expect(read.status, location).toBe(400)
      expect(read.text).not.toContain('root:')
      const written = await guarded.send(
        'POST',
        `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=canary.txt`,
        'x',
      )
      expect(written.status, location).toBe(400)
    }
  })

  test('URI-06 no tag switches the check off', async () => {
    await using guarded = await startGuardedServer(engine)
    const { mlflow } = guarded.server
    const tags = ['mlflow.prompt.is_prompt', 'mlflow.prompt.text', 'mlflow.source.type', 'is_prompt'].map((key) => ({
      key,
      value: 'true',
    }))
    for (const name of ['plain', 'prompt']) {
      await mlflow.post('/2.0/mlflow/registered-models/create', { name, tags: name === 'prompt' ? tags : [] })
      const before = await guarded.state()
      for (const source of [
        '/etc/passwd',
        'file:///etc/passwd',
        'file:/etc',
        `mlflow-artifacts:/${guarded.neighbour}`,
      ]) {
        const answer = await mlflow.post('/2.0/mlflow/model-versions/create', { name, source, tags })
        expect(answer.status, `${name} ${source}: ${answer.text}`).toBe(400)
      }
      expect(await guarded.state()).toBe(before)
    }
  })

  test('URI-07 URI-08 a source in this store lies inside the run that is named; copies are checked too', async () => {
    await using guarded = await startGuardedServer(engine)
    const { mlflow } = guarded.server
    await mlflow.post('/2.0/mlflow/registered-models/create', { name: 'placed' })
    const create = (source: string, run_id?: string) =>
      mlflow.post('/2.0/mlflow/model-versions/create', { name: 'placed', source, run_id })
    expect((await create(`mlflow-artifacts:/${guarded.place}/m`, guarded.run)).status).toBe(200)
    const before = await guarded.state()
    for (const [source, run] of [
      [`mlflow-artifacts:/${guarded.neighbour}`, guarded.run],
      [`mlflow-artifacts:/${guarded.place}-beside`, guarded.run],
      [`mlflow-artifacts:/${guarded.place}`, undefined],
      ['mlflow-artifacts:/', guarded.run],
      [`runs:/${guarded.neighbour.split('/')[1]}/m`, guarded.run],
      ['runs:/x/m', undefined],
      ['models:/placed/99', undefined],
      ['models:/placed/../1', undefined],
      ['models://elsewhere/placed/1', undefined],
    ] as const) {
      const answer = await create(source, run)
      expect([400, 404], `${source}: ${answer.text}`).toContain(answer.status)
    }
    expect(await guarded.state()).toBe(before)
  })

  test('URI-09 sloppy schemes are refused or stored in one form', async () => {
    await using guarded = await startGuardedServer(engine)
    const { mlflow } = guarded.server
    for (const [index, location] of [
      '\thttp://h/x',
      'ht\ntp://h/x',
      ' file:///etc',
      's3:\n//b/x',
      'HTTP:/x',
      '\0s3://b',
      'mlflow-artifacts:\r/x',
    ].entries()) {
      const made = await mlflow.post('/2.0/mlflow/experiments/create', {
        name: `sloppy ${index}`,
        artifact_location: location,
      })
      expect([400, 200], `${JSON.stringify(location)}: ${made.text}`).toContain(made.status)
      if (made.status === 400) continue
      const { body } = await mlflow.get('/2.0/mlflow/experiments/get', { experiment_id: made.body.experiment_id })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be stored.
      expect(body.experiment.artifact_location).not.toMatch(/[\0-\x1f]|^ |^http/i)
    }
  })
})
