import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runIdentityCommand } from '../../cli/identity-command.ts'
import type { RecordedStatement } from '../../db/database-options.ts'
import { openDatabase } from '../../db/open-database.ts'
import { platformOf } from '../../lib/tenant.ts'
import { databases, makeTestDatabase, openTestDatabase } from '../../testing/databases.ts'
import { makeAdministrator, makeUser, type TestUser } from '../../testing/log-in.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'
import { raiseIdentityRevision } from '../identities/identity-state-store.ts'
import { type AuditEntry, findAuditEvents, insertAuditEntries } from './audit-store.ts'
import { startAuditTrail } from './audit-trail.ts'

const platform = platformOf(1)
const search = '/2.0/runstead/audit/search'

/** A request by Ann that was done. */
const asked = (operation: string, permission: 'workspace.write', run_id: string) =>
  ({
    outcome: 'done',
    requestId: 'r',
    address: '',
    asked: {
      context: { platform, tenant: 1, mount: 'stock', caller: { id: 'ann', name: 'Ann' } },
      endpoint: { id: operation, permission, routes: [{ method: 'POST' }] },
      input: { run_id },
      mountIds: {},
    },
  }) as never

describe.each(databases)('the audit log on %s', (engine) => {
  let server: TestServer
  let admin: TestUser
  let user: TestUser
  const recorded: RecordedStatement[] = []
  beforeAll(async () => {
    server = await startTestServer(engine, ['--audit-logging', 'each'], {
      onStatement: (statement) => recorded.push(statement),
    })
    admin = await makeAdministrator(server)
    user = await makeUser(server, admin.mlflow, { name: 'ursula' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const found = async (query: Record<string, string | number>) => {
    const answer = await admin.mlflow.get(search, query)
    expect(answer.status, answer.text).toBe(200)
    return answer.body.audit_events as Record<string, unknown>[]
  }

  test('has a row for every change, on disk before the answer', async () => {
    const before = Date.now()
    const made = await admin.mlflow.post('/2.0/mlflow/experiments/create', { name: 'audited' })
    const { experiment_id } = made.body
    await admin.mlflow.post('/2.0/mlflow/experiments/delete', { experiment_id })
    await admin.mlflow.get('/2.0/mlflow/experiments/get', { experiment_id })
    const events = await found({ target: `experiment:${experiment_id}` })
    expect(events).toMatchObject([
      { operation: 'deleteExperiment', outcome: 'done', caller_id: admin.id, caller_name: 'root', calls: 1 },
      {
        operation: 'createExperiment',
        outcome: 'done',
        workspace: 'default',
        request_id: made.headers['opc-request-id'],
      },
    ])
    expect(events[0]?.['time']).toBeGreaterThanOrEqual(before)
    expect(await found({ request_id: String(made.headers['opc-request-id']) })).toHaveLength(1)
    const run = (await admin.mlflow.post('/2.0/mlflow/runs/create', { experiment_id: '0' })).body.run.info.run_id
    await admin.aidp.post('/2.0/mlflow/runs/delete', { run_id: run })
    await admin.mlflow.post('/2.0/mlflow/runs/set-tag', { run_id: run, key: 'a', value: 'b' })
    const ofRun = await found({ target: `run:${run}` })
    expect(ofRun.map(({ operation }) => operation)).toEqual(['deleteExperimentRun', 'createExperimentRun'])
    await admin.mlflow.post('/2.0/mlflow/registered-models/create', { name: 'a.b.c' })
    expect(await found({ target: 'model:a.b.c' })).toMatchObject([{ operation: 'createRegisteredModel' }])
    expect((await found({ operation: 'createUser' })).map(({ target }) => target)).toContain('name:ursula')
  })

  test('has the row of a change in the registry in its transaction, and none where it fails', async () => {
    const name = 'audited-model'
    await admin.mlflow.post('/2.0/mlflow/registered-models/create', { name })
    const numbers = new Map<string, number>()
    recorded.length = 0
    const made = await admin.mlflow.post('/2.0/mlflow/model-versions/create', { name, source: 's3://bucket/model' })
    expect(made.status, made.text).toBe(200)
    for (const { sql, transaction } of recorded) {
      const [, table] = /^insert into "(model_versions|registry_events|audit_events)"/.exec(sql) ?? []
      if (table !== undefined && transaction !== undefined) numbers.set(table, transaction.number)
    }
    expect([...numbers.keys()].sort()).toEqual(['audit_events', 'model_versions', 'registry_events'])
    expect(new Set(numbers.values()).size).toBe(1)
    const ofModel = { target: `model:${name}` }
    const operations = (await found(ofModel)).map(({ operation }) => operation)
    expect(operations).toEqual(['createModelVersion', 'createRegisteredModel'])
    const again = await admin.mlflow.post('/2.0/mlflow/registered-models/create', { name })
    expect(again.status).toBe(400)
    expect(await found(ofModel)).toHaveLength(2)
  })

  test('has a row for every refusal: for lack of a right and of a login', async () => {
    await user.mlflow.get('/2.0/mlflow/registered-models/get', { name: 'a.b.c' })
    await user.aidp.get('/2.0/mlflow/runs/get', { run_id: 'f'.repeat(32) })
    await server.as('Bearer nonsense').mlflow.get('/2.0/mlflow/runs/get', { run_id: 'f'.repeat(32) })
    await expect
      .poll(() => found({ outcome: 'denied', caller: 'ursula' }), { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ operation: 'getRegisteredModel', target: 'model:a.b.c', caller_id: user.id }),
          expect.objectContaining({ operation: 'getExperimentRunById', target: `run:${'f'.repeat(32)}` }),
        ]),
      )
    await expect
      .poll(() => found({ outcome: 'unauthenticated' }), { timeout: 10_000 })
      .toMatchObject([{ operation: 'GET /api/2.0/mlflow/runs/get', caller_id: '', target: '' }])
  })

  test('is for administrators, in pages, by caller, operation and time', async () => {
    expect((await user.mlflow.get(search)).status).toBe(403)
    expect((await user.aidp.get(search)).status).toBe(404)
    const all = await found({ max_results: 1000 })
    const paged: unknown[] = []
    let token = ''
    do {
      const { body } = await admin.mlflow.get(search, {
        max_results: 2,
        page_token: token,
        end_time: Number(all[0]?.['time']) + 1,
      })
      paged.push(...body.audit_events)
      token = body.next_page_token ?? ''
    } while (token !== '')
    expect(paged.slice(-5)).toEqual(all.slice(-5))
    expect(paged.length).toBeGreaterThanOrEqual(all.length - 2)
    const later = Date.now() + 10_000
    expect(await found({ start_time: later })).toEqual([])
    expect(await found({ end_time: 1000 })).toEqual([])
    expect((await found({ caller: admin.id, operation: 'createExperiment', start_time: 1 })).length).toBe(1)
    for (const query of [{ max_results: 0 }, { max_results: 1001 }, { page_token: 'abc' }]) {
      expect((await admin.mlflow.get(search, query as Record<string, string | number>)).status).toBe(400)
    }
  })
})

test.each(databases)(
  'changes on the command line are in the audit log, in their own transaction, on %s',
  async (engine) => {
    await using place = await makeTestDatabase(engine)
    const at = ['--database', engine === 'sqlite' ? `sqlite:${place.url}` : place.url]
    const quiet = { print: () => undefined, note: () => undefined }
    await runIdentityCommand('user', ['create', 'ann', '--administrator', ...at], {}, quiet)
    await runIdentityCommand('user', ['list', ...at], {}, quiet)
    await expect(runIdentityCommand('user', ['delete', 'ann', ...at], {}, quiet)).rejects.toThrow('last administrator')
    await using db = await openDatabase({ url: place.url })
    const rows = await findAuditEvents(db.lookup, platform, { limit: 10 })
    expect(rows).toMatchObject([{ operation: 'runstead user create', target: 'name:ann', caller_name: 'command line' }])
  },
)

describe.each(databases)('the audit trail on %s', (engine) => {
  const entry = (fields: Partial<AuditEntry>): AuditEntry => ({
    platform,
    at: 1_700_000_000_000,
    callerId: 'ann',
    callerName: 'Ann',
    operation: 'deleteExperiment',
    target: 'experiment:1',
    workspace: null,
    outcome: 'done',
    requestId: 'r',
    calls: 1,
    ...fields,
  })

  test('writes no row for each call that logs, and does not keep one waiting', async () => {
    await using server = await startTestServer(engine)
    const run = await server.given.run()
    const twin = await server.given.run()
    for (let step = 0; step < 20; step++) {
      const metric = { key: 'loss', value: 1, timestamp: 1, step }
      await server.mlflow.post('/2.0/mlflow/runs/log-metric', { run_id: run, ...metric })
      if (step < 3) await server.mlflow.post('/2.0/mlflow/runs/log-metric', { run_id: twin, ...metric })
    }
    const rows = await findAuditEvents(server.db.lookup, platform, { operation: 'logExperimentRunMetric', limit: 10 })
    expect(rows).toEqual([])
  })

  test('loses nothing that it was told of: what is counted is written on the way out', async () => {
    await using db = await openTestDatabase(engine)
    const lost: AuditEntry[] = []
    {
      await using trail = startAuditTrail(db, {
        defaultPlatform: platform,
        logging: 'minute',
        onError: (_error, rows) => lost.push(...rows),
      })
      for (let call = 0; call < 1000; call++) {
        expect(trail.note(asked('logExperimentRunMetric', 'workspace.write', `run${call % 2}`))).toBeUndefined()
      }
      expect(trail.note(asked('createExperimentRun', 'workspace.write', 'run0'))).toBeUndefined()
      await trail.note(asked('deleteExperimentRun', 'workspace.write', 'run0'))
      const rows = await findAuditEvents(db.lookup, platform, { limit: 10 })
      expect(rows).toMatchObject([{ operation: 'deleteExperimentRun', target: 'run:run0', calls: 1 }])
    }
    const rows = await findAuditEvents(db.lookup, platform, { operation: 'logExperimentRunMetric', limit: 10 })
    expect(rows.map(({ target, calls }) => `${target} ${calls}`).sort()).toEqual(['run:run0 500', 'run:run1 500'])
    const begun = await findAuditEvents(db.lookup, platform, { operation: 'createExperimentRun', limit: 10 })
    expect(begun).toMatchObject([{ target: 'run:run0', calls: 1 }])
    expect(lost).toEqual([])
  })

  test('rows that come in just as others have been written are written too', async () => {
    await using db = await openTestDatabase(engine)
    await using trail = startAuditTrail(db, {
      defaultPlatform: platform,
      logging: 'off',
      onError: (error) => {
        throw error
      },
    })
    const note = (target: string) => trail.note(asked('deleteExperimentRun', 'workspace.write', target))
    const change = () => db.write(platform, (tx) => raiseIdentityRevision(tx, platform))
    for (let pauses = 0; pauses < 24; pauses++) {
      // On SQLite both are committed together, so both go on in one turn of the event loop.
      const changed = change().then(async () => {
        for (let pause = 0; pause < pauses; pause++) await undefined
        await note(`later${pauses}`)
      })
      await Promise.all([note(`earlier${pauses}`), changed])
    }
    const rows = await findAuditEvents(db.lookup, platform, { limit: 100 })
    expect(rows).toHaveLength(48)
  })

  test('removes what is older than the retention, and nothing else', async () => {
    await using db = await openTestDatabase(engine)
    const now = Date.now()
    const day = 86_400_000
    for (const age of [12, 9]) {
      await db.write(platform, (tx) =>
        insertAuditEntries(
          tx,
          platform,
          Array.from({ length: age === 12 ? 1001 : 3 }, () => entry({ target: `age:${age}` })),
          now - age * day,
        ),
      )
    }
    await using trail = startAuditTrail(db, {
      defaultPlatform: platform,
      logging: 'off',
      retentionDays: 10,
      onError: (error) => {
        throw error
      },
    })
    await trail.flush()
    const rows = await findAuditEvents(db.lookup, platform, { limit: 10 })
    expect(rows.map(({ target }) => target)).toEqual(['age:9', 'age:9', 'age:9'])
  })
})
