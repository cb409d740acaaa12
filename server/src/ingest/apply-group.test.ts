import { describe, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { modelNumber } from '../lib/run-number.ts'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import {
  createRunRecord as create,
  keyValue as kv,
  logRecord as log,
  metricPoint as point,
} from '../testing/ingest-records.ts'
import { newBatchId } from './batch-id.ts'
import type { IngestRecord, IngestResult, MetricPoint } from './ingest-record.ts'

const tenant = tenantOf(1)
const runA = `${'a'.repeat(31)}1`
const runB = `${'b'.repeat(31)}1`

describe.each(databases)('a group on %s', (engine) => {
  test('creates runs and logs to them, later records seeing earlier ones', async () => {
    await using database = await openTestDatabase(engine)
    expect(
      await write(database, [
        create(runA),
        log(runA, { metrics: [point('loss', 0.5, 1)], params: [kv('lr', '0.1')], tags: [kv('team', 'x')] }),
        log(runA, { metrics: [point('loss', 0.4, 2), point('acc', 0.9, 1)], params: [kv('lr', '0.1')] }),
        { kind: 'update-run', runId: runA, status: 3, endTime: 99, name: 'renamed' },
      ]),
    ).toEqual([ok(1), ok(2), ok(2), ok(3)])

    expect(await database.lookup.selectFrom('runs').selectAll().where('tenant', '=', tenant).execute()).toMatchObject([
      { run_id: runA, name: 'renamed', status: 3, start_time: 7, end_time: 99, deleted: 0, revision: 3, user_id: 'me' },
    ])
    expect(await texts(database, 'params')).toEqual({ lr: '0.1' })
    expect(await texts(database, 'tags')).toEqual({ 'mlflow.runName': 'renamed', team: 'x' })
    expect(await summaries(database)).toMatchObject({
      loss: { last_value: 0.4, last_step: 2, first_value: 0.5, min_value: 0.4, max_value: 0.5, points: 2 },
      acc: { last_value: 0.9, last_step: 1, first_value: 0.9, points: 1 },
    })
  })

  test('refuses a record without harming its neighbours', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA)])
    expect(
      await write(database, [
        log(runB, { metrics: [point('m', 1)] }),
        log(runA, { params: [kv('p', 'x')] }),
        log(runA, { metrics: [point('m', 1)], params: [kv('q', '1'), kv('p', "it's")], tags: [kv('t', '1')] }),
        log(runA, { params: [kv('p', 'y')], source: 'single' }),
        log('not a run id', { metrics: [point('m', 1)] }),
        create(runB, { experiment: 4711 }),
        log(runB, { tags: [kv('t', '2')] }),
        log(runA, { params: [kv('p', 'x')], tags: [kv('t', '3')] }),
      ]),
    ).toEqual([
      refused('not-found', `Run with id=${runB} not found`),
      ok(2),
      refused(
        'conflict',
        'Changing param values is not allowed. Params were already logged=' +
          `'[{'key': 'p', 'old_value': 'x', 'new_value': "it's"}]' for run ID='${runA}'.`,
      ),
      refused(
        'conflict',
        "Changing param values is not allowed. Param with key='p' was already logged with value='x' for run " +
          `ID='${runA}'. Attempted logging new value 'y'.`,
      ),
      refused('not-found', 'Run with id=not a run id not found'),
      refused('not-found', 'No Experiment with id=4711 exists'),
      refused('not-found', `Run with id=${runB} not found`),
      ok(3),
    ])
    expect(await texts(database, 'params')).toEqual({ p: 'x' })
    expect(await texts(database, 'tags')).toMatchObject({ t: '3' })
    expect(await summaries(database)).toEqual({})
  })

  test('compares params with those of earlier groups', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA), create(runB)])
    await write(database, [log(runA, { params: [kv('p', 'x'), kv('empty', '')] })])
    expect(
      await write(database, [
        log(runA, { params: [kv('p', 'x')] }),
        log(runA, { params: [kv('empty', 'y')], source: 'single' }),
        log(runB, { params: [kv('p', 'y')] }),
      ]),
    ).toMatchObject([{ ok: true, revision: 2 }, { ok: false }, { ok: true }])
  })

  test('refuses deleted runs and deleted experiments', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA)])
    await database.write(tenant, async (tx) => {
      await tx.updateTable('runs').set({ deleted: 1 }).where('tenant', '=', tenant).execute()
      await tx.updateTable('experiments').set({ deleted: 1 }).where('tenant', '=', tenant).execute()
    })
    const deletedRun = `The run ${runA} must be in the 'active' state. Current state is deleted.`
    expect(
      await write(database, [
        log(runA, { metrics: [point('m', 1)] }),
        { kind: 'update-run', runId: runA, status: 3 },
        create(runB),
      ]),
    ).toEqual([
      refused('conflict', deletedRun),
      refused('conflict', deletedRun),
      refused('conflict', "The experiment 0 must be in the 'active' state. Current state is deleted."),
    ])
  })

  test('renames a run by its tag, but not to nothing', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA)])
    const name = async () =>
      (await database.lookup.selectFrom('runs').select('name').where('tenant', '=', tenant).executeTakeFirstOrThrow())
        .name
    await write(database, [log(runA, { tags: [kv('mlflow.runName', 'by tag')] })])
    expect(await name()).toBe('by tag')
    expect(await write(database, [log(runA, { tags: [kv('mlflow.runName', '')] })])).toEqual([ok(2)])
    await write(database, [{ kind: 'update-run', runId: runA, name: '' }])
    expect(await name()).toBe('by tag')
    expect(await texts(database, 'tags')).toEqual({ 'mlflow.runName': 'by tag' })
  })

  test('keeps the summary of a series, whatever the order of its points', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA)])
    const add = (...points: MetricPoint[]) => write(database, [log(runA, { metrics: points })])
    await add(point('m', Number.NaN, 5, 10))
    expect(await summaries(database)).toMatchObject({
      m: { last_value: null, last_nan: 1, first_nan: 1, min_value: null, max_value: null, nan_count: 1 },
    })
    await add(point('m', -1, 5, 10), point('m', 3, 2, 50))
    expect(await summaries(database)).toMatchObject({
      m: { last_value: null, last_nan: 1, first_value: 3, first_nan: 0, first_step: 2, first_ts: 50, min_value: -1 },
    })
    await add(point('m', 0.5, 5, 10))
    await add(point('m', 9, 1, 999), point('m', 8, 5, 9))
    expect(await summaries(database)).toMatchObject({
      m: {
        ...{ last_value: 0.5, last_nan: 0, last_step: 5, last_ts: 10 },
        ...{ first_value: 9, first_step: 1, first_ts: 999, min_value: -1, max_value: 9, points: 6, nan_count: 1 },
      },
    })
  })

  test('writes nothing twice, and answers a repeated batch as the first time', async () => {
    await using database = await openTestDatabase(engine)
    const batch = newBatchId(1)
    const records = [
      create(runA),
      log(runA, { metrics: [point('m', 1)], params: [kv('p', 'x')] }),
      log(runA, { params: [kv('p', 'y')] }),
      log(runB, { metrics: [point('m', 1)] }),
    ]
    const first = await database.writeGroup(tenant, batch, records)
    const second = await database.writeGroup(tenant, batch, records)
    expect(second.map((result) => result.ok)).toEqual([true, true, false, false])
    expect(second.slice(2)).toEqual(first.slice(2))
    expect(await summaries(database)).toMatchObject({ m: { points: 1 } })
    expect(
      await database.lookup.selectFrom('metric_segments').selectAll().where('tenant', '=', tenant).execute(),
    ).toHaveLength(1)
    expect(await database.lookup.selectFrom('runs').select('revision').where('tenant', '=', tenant).execute()).toEqual([
      { revision: 2 },
    ])
  })

  test('adds points alone as it adds everything else', async () => {
    await using database = await openTestDatabase(engine)
    const batch = newBatchId(3)
    await write(database, [create(runA), create(runB), log(runA, { metrics: [point('m', 1, 1)] })])
    const records = [
      log(runA, { metrics: [point('m', 2, 2), point('m', 3, 3)] }),
      log(runB, { metrics: [point('m', 4, 4)] }),
      log('c'.repeat(32), { metrics: [point('m', 5, 5)] }),
      log(runA, { metrics: [point('m', 0, 0)] }),
    ]
    const unknown = refused('not-found', `Run with id=${'c'.repeat(32)} not found`)
    expect(await database.writeGroup(tenant, batch, records)).toEqual([ok(1), ok(1), unknown, ok(1)])
    expect(await database.writeGroup(tenant, batch, records)).toEqual([ok(1), ok(1), unknown, ok(1)])
    expect(await segments(database)).toMatchObject([
      { n: 1, first_step: 1, vfirst: 1 },
      { n: 3, first_step: 0, last_step: 3, vfirst: 0, vlast: 3, vmin: 0, vmax: 3, codec: 2 },
      { n: 1, first_step: 4, last_step: 4, vfirst: 4, vlast: null, codec: 0 },
    ])
    await database.write(tenant, (tx) =>
      tx
        .updateTable('runs')
        .set({ deleted: 1, revision: 5 })
        .where('tenant', '=', tenant)
        .where('run_id', '=', runA)
        .execute(),
    )
    expect(await write(database, records)).toEqual([
      refused('conflict', `The run ${runA} must be in the 'active' state. Current state is deleted.`),
      ok(1),
      unknown,
      refused('conflict', `The run ${runA} must be in the 'active' state. Current state is deleted.`),
    ])
    expect((await segments(database)).map(({ n }) => n)).toEqual([1, 3, 1, 1])
  })

  test('numbers names once for each experiment', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA), log(runA, { metrics: [point('b', 1), point('a', 1)], tags: [kv('a', '')] })])
    await write(database, [log(runA, { metrics: [point('c', 1), point('a', 2)], params: [kv('a', '')] })])
    await write(database, [log(runA, { metrics: [point('c', 3)] })])
    const keys = await database.lookup
      .selectFrom('keys')
      .select(['kind', 'name', 'key'])
      .where('tenant', '=', tenant)
      .execute()
    expect(keys.map(({ kind, name }) => `${kind}/${name}`).sort()).toEqual(
      ['1/a', '1/b', '1/c', '2/a', '3/a', '3/mlflow.runName'].sort(),
    )
    expect(new Set(keys.map(({ key }) => key)).size).toBe(6)
    const next = await database.lookup
      .selectFrom('experiments')
      .select('next_key')
      .where('tenant', '=', tenant)
      .executeTakeFirstOrThrow()
    expect(next.next_key).toBeGreaterThan(Math.max(...keys.map(({ key }) => key)))
    expect(await summaries(database)).toMatchObject({ c: { points: 2 } })
  })

  test('stores the metrics of logged models as well, or nothing of the record', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA)])
    const modelId = `m-${'c'.repeat(32)}`
    await insertModel(database, modelId)
    const modelPoint = (value: number, more: Partial<MetricPoint> = {}) => ({
      ...point('m', value, 1),
      modelId,
      ...more,
    })
    expect(
      await write(database, [
        log(runA, { metrics: [{ ...point('m', 1), modelId: `m-${'d'.repeat(32)}` }], tags: [kv('t', '1')] }),
        log(runA, {
          metrics: [modelPoint(1, { datasetName: 'd', datasetDigest: '1' }), modelPoint(Number.NaN, { step: 2 })],
        }),
        log(runA, { metrics: [modelPoint(1, { datasetName: 'd', datasetDigest: '1' })] }),
        log(runA, { metrics: [modelPoint(2, { datasetName: 'd', datasetDigest: '1' }), modelPoint(3, { step: 9 })] }),
      ]),
    ).toMatchObject([{ ok: false, code: 'bad-request' }, ok(1), ok(1), { ok: false, code: 'bad-request' }])
    expect(
      await write(database, [
        log(runA, { metrics: [modelPoint(1, { datasetName: 'd', datasetDigest: '1' })] }),
        log(runA, { metrics: [modelPoint(Number.NaN, { step: 2 })] }),
        log(runA, { metrics: [modelPoint(7)] }),
      ]),
    ).toMatchObject([ok(1), ok(1), { ok: false, code: 'bad-request' }])
    const stored = await database.lookup
      .selectFrom('logged_model_metrics')
      .select(['experiment', 'key', 'value', 'step', 'run_id', 'dataset_name', 'dataset_digest'])
      .where('tenant', '=', tenant)
      .orderBy('step')
      .execute()
    expect(stored).toEqual([
      { experiment: 7, key: 'm', value: 1, step: 1, run_id: runA, dataset_name: 'd', dataset_digest: '1' },
      { experiment: 7, key: 'm', value: null, step: 2, run_id: runA, dataset_name: null, dataset_digest: null },
    ])
    expect(await texts(database, 'tags')).toEqual({ 'mlflow.runName': 'run' })
  })

  test('keeps 64-bit integers and unicode exact', async () => {
    await using database = await openTestDatabase(engine)
    const big = 2n ** 62n + 1n
    await write(database, [{ ...create(runA), startTime: -big, experiment: 0 }])
    await write(database, [
      log(runA, {
        metrics: [{ key: 'é漢🙂', value: 1, timestamp: big, step: -big }],
        tags: [kv('k', `${'🙂'.repeat(70)}`)],
      }),
    ])
    expect(await summaries(database)).toMatchObject({ 'é漢🙂': { last_step: -big, last_ts: big, start_time: -big } })
    const tag = await database.lookup.selectFrom('tags').select(['value_key']).where('tenant', '=', tenant).execute()
    expect(tag).toContainEqual({ value_key: '🙂'.repeat(64) })
  })

  test('keeps tenants apart', async () => {
    await using database = await openTestDatabase(engine)
    await write(database, [create(runA)])
    expect(await database.writeGroup(tenantOf(2), newBatchId(2), [log(runA, { metrics: [point('m', 1)] })])).toEqual([
      refused('not-found', `Run with id=${runA} not found`),
    ])
  })

  test('stores texts with NUL, or refuses only them', async () => {
    await using database = await openTestDatabase(engine)
    const results = await write(database, [
      create(runA),
      log(runA, { tags: [kv('a\0', 'x')] }),
      log(runA, { params: [kv('p', 'x\0y')] }),
      log(runA, { params: [kv('q', 'x')] }),
    ])
    if (engine === 'sqlite') expect(results.every(({ ok }) => ok)).toBe(true)
    else expect(results).toMatchObject([ok(1), { code: 'invalid-parameter' }, { code: 'invalid-parameter' }, ok(2)])
  })
})

function write(database: Database, records: readonly IngestRecord[]): Promise<IngestResult[]> {
  return database.writeGroup(tenant, newBatchId(Date.now()), records)
}

function ok(revision: number): IngestResult {
  return { ok: true, revision }
}

function refused(code: 'not-found' | 'conflict', message: string): IngestResult {
  return { ok: false, code, message }
}

async function texts(database: Database, table: 'params' | 'tags'): Promise<Record<string, string>> {
  const rows = await database.lookup
    .selectFrom(table)
    .where(`${table}.tenant`, '=', tenant)
    .innerJoin('keys', (join) =>
      join
        .onRef('keys.tenant', '=', `${table}.tenant`)
        .onRef('keys.experiment', '=', `${table}.experiment`)
        .onRef('keys.key', '=', `${table}.key`)
        .on('keys.kind', '=', table === 'params' ? 2 : 3),
    )
    .select(['keys.name', `${table}.value`])
    .execute()
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

function segments(database: Database) {
  return database.lookup
    .selectFrom('metric_segments')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('run')
    .orderBy('segment')
    .execute()
}

async function summaries(database: Database): Promise<Record<string, unknown>> {
  const rows = await database.lookup
    .selectFrom('metric_summary as s')
    .innerJoin('keys as k', (join) =>
      join.onRef('k.tenant', '=', 's.tenant').onRef('k.key', '=', 's.key').on('kind', '=', 1),
    )
    .selectAll('s')
    .select('k.name')
    .where('s.tenant', '=', tenant)
    .execute()
  return Object.fromEntries(rows.map(({ name, ...row }) => [name, row]))
}

async function insertModel(database: Database, modelId: string): Promise<void> {
  await database.write(tenant, async (tx) => {
    await tx
      .insertInto('logged_models')
      .values({
        tenant,
        model: modelNumber(modelId)!,
        model_id: modelId,
        // Another experiment than the run's: the metric goes with the model.
        experiment: 7,
        name: 'model',
        name_key: 'model',
        artifact_location: '',
        model_type: '',
        source_run_id: runA,
        status: 2,
        created: 1,
        updated: 1,
        deleted: 0,
      })
      .execute()
  })
}
