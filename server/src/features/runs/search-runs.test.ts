import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

interface Seen {
  readonly id: string
  readonly experiment: string
  readonly start: number
  readonly acc: number | undefined
  readonly loss: number
  readonly lr: string
  readonly team: string | undefined
}

const path = '/2.0/mlflow/runs/search'
const runCount = 120

describe.each(databases)('runs/search on %s', (engine) => {
  let server: TestServer
  let experiments: string[]
  const runs: Seen[] = []

  beforeAll(async () => {
    server = await startTestServer(engine)
    experiments = [await server.given.experiment(), await server.given.experiment()]
    for (let number = 0; number < runCount; number++) {
      const experiment = experiments[number % 3 === 0 ? 1 : 0]!
      const start = 1000 + (number % 10)
      const id = await server.given.run({ experiment_id: experiment, start_time: start, run_name: `run ${number % 7}` })
      const acc = number % 11 === 0 ? undefined : number % 13 === 0 ? Number.NaN : (number % 8) / 8
      const team = number % 5 === 0 ? undefined : number % 2 === 0 ? 'Blue' : 'green'
      const seen = { id, experiment, start, acc, loss: number / runCount, lr: `0.0${number % 4}`, team }
      const answer = await server.mlflow.post('/2.0/mlflow/runs/log-batch', {
        run_id: id,
        metrics: [
          { key: 'loss', value: seen.loss, timestamp: 1, step: 0 },
          ...(acc === undefined
            ? []
            : [
                { key: 'acc', value: -5, timestamp: 1, step: 0 },
                { key: 'acc', value: Number.isNaN(acc) ? 'NaN' : acc, timestamp: 1, step: 1 },
              ]),
        ],
        params: [{ key: 'lr', value: seen.lr }],
        tags: team === undefined ? [] : [{ key: 'team name', value: team }],
      })
      expect(answer.status).toBe(200)
      runs.push(seen)
    }
  }, 120_000)
  afterAll(() => server[Symbol.asyncDispose]())

  const search = async (body: object): Promise<string[]> => {
    const answer = await server.mlflow.post(path, { experiment_ids: experiments, max_results: 50_000, ...body })
    expect(answer.status, answer.text).toBe(200)
    return (answer.body.runs ?? []).map((run: { info: { run_id: string } }) => run.info.run_id)
  }
  const newestFirst = (list: readonly Seen[]) =>
    [...list].sort((a, b) => b.start - a.start || (a.id < b.id ? -1 : 1)).map(({ id }) => id)

  test.each<[string, (run: Seen) => boolean]>([
    ['', () => true],
    ['metrics.acc > 0.5', ({ acc }) => acc !== undefined && acc > 0.5],
    ['metrics.acc <= 0.25', ({ acc }) => acc !== undefined && acc <= 0.25],
    ['metrics.acc = 0.5', ({ acc }) => acc === 0.5],
    ['metrics.acc != 0.5', ({ acc }) => acc !== undefined && acc !== 0.5],
    ["params.lr = '0.01'", ({ lr }) => lr === '0.01'],
    ["params.lr != '0.01' and metrics.loss < 0.5", ({ lr, loss }) => lr !== '0.01' && loss < 0.5],
    ["tags.`team name` LIKE 'B%'", ({ team }) => team?.startsWith('B') === true],
    ['tags."team name" ILIKE \'GREEN\'', ({ team }) => team === 'green'],
    ["tags.`team name` LIKE 'b%'", () => false],
    ['tags.`team name` IS NULL', ({ team }) => team === undefined],
    ['tags.`team name` IS NOT NULL', ({ team }) => team !== undefined],
    ["params.lr = '0.01' OR metrics.acc > 0.8", ({ lr, acc }) => lr === '0.01' || (acc !== undefined && acc > 0.8)],
    ["NOT (params.lr = '0.01' OR tags.`team name` = 'Blue')", ({ lr, team }) => lr !== '0.01' && team !== 'Blue'],
    ["params.lr IN ('0.01', '0.02')", ({ lr }) => lr === '0.01' || lr === '0.02'],
    ['metrics.acc IS NULL', ({ acc }) => acc === undefined],
    ['min(metrics.acc) = -5', ({ acc }) => acc !== undefined],
    ['max(metrics.acc) > 0.5', ({ acc }) => acc !== undefined && acc > 0.5],
    ['first(metrics.acc) = -5', ({ acc }) => acc !== undefined],
    ["attributes.status = 'RUNNING'", () => true],
    ["attributes.status != 'RUNNING'", () => false],
    ["attributes.status LIKE 'R%'", () => true],
    ['attributes.start_time > 1004.5', ({ start }) => start > 1004.5],
    ['attributes.end_time > 0', () => false],
    ["run_name = 'run 3'", ({ id }) => runs.findIndex((run) => run.id === id) % 7 === 3],
    ["metrics.nothing > 0 and params.lr = '0.01'", () => false],
  ])('filter %s', async (filter, wanted) => {
    expect(await search({ filter })).toEqual(newestFirst(runs.filter(wanted)))
    const one = experiments.slice(0, 1)
    expect(await search({ filter, experiment_ids: one })).toEqual(
      newestFirst(runs.filter((run) => run.experiment === one[0] && wanted(run))),
    )
  })

  test('run_id picks runs', async () => {
    const [a, b] = [runs[1]!, runs[2]!]
    expect(await search({ filter: `run_id IN ('${a.id}', '${b.id}', 'x')` })).toEqual(newestFirst([a, b]))
    expect(await search({ filter: `attributes.run_id = '${a.id}'` })).toEqual([a.id])
  })

  type Value = number | string | undefined
  test.each<[string[], (run: Seen) => Value, 1 | -1]>([
    [['metrics.acc DESC'], ({ acc }) => acc, -1],
    [['metrics.acc ASC'], ({ acc }) => acc, 1],
    [['metrics.loss'], ({ loss }) => loss, 1],
    [['max(metrics.acc) DESC'], ({ acc }) => (acc !== undefined && Number.isNaN(acc) ? -5 : acc), -1],
    [['params.lr DESC'], ({ lr }) => lr, -1],
    [['tags.`team name`'], ({ team }) => team, 1],
    [['attributes.start_time ASC'], ({ start }) => start, 1],
    [['run_id DESC'], ({ id }) => id, -1],
  ])('order %j, whole and in pages', async (order_by, sortValue, direction) => {
    const rank = (value: Value) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0)
    for (const experiment_ids of [experiments, experiments.slice(0, 1)]) {
      const expected = runs
        .filter(({ experiment }) => experiment_ids.includes(experiment))
        .sort((a, b) => {
          const [left, right] = [sortValue(a), sortValue(b)]
          const byRank = rank(left) - rank(right)
          if (byRank !== 0) return byRank
          if (rank(left) === 0 && left !== right) return left! < right! ? -direction : direction
          return b.start - a.start || (a.id < b.id ? -1 : 1)
        })
        .map(({ id }) => id)
      expect(await search({ experiment_ids, order_by })).toEqual(expected)
      const paged: string[] = []
      let page_token = ''
      do {
        const { body } = await server.mlflow.post(path, { experiment_ids, order_by, max_results: 7, page_token })
        paged.push(...body.runs.map((run: { info: { run_id: string } }) => run.info.run_id))
        page_token = body.next_page_token ?? ''
      } while (page_token !== '')
      expect(paged).toEqual(expected)
    }
  })

  test('a filter with an order, in pages', async () => {
    const body = {
      experiment_ids: experiments,
      filter: "metrics.acc > 0.2 and params.lr != '0.03'",
      order_by: ['metrics.loss DESC'],
    }
    const expected = runs
      .filter(({ acc, lr }) => acc !== undefined && acc > 0.2 && lr !== '0.03')
      .sort((a, b) => b.loss - a.loss)
      .map(({ id }) => id)
    const first = await server.mlflow.post(path, { ...body, max_results: 10 })
    const second = await server.mlflow.post(path, { ...body, max_results: 10, page_token: first.body.next_page_token })
    const ids = [...first.body.runs, ...second.body.runs].map((run: { info: { run_id: string } }) => run.info.run_id)
    expect(ids).toEqual(expected.slice(0, 20))
  })

  test('more experiments than are searched one by one', async () => {
    const many = [...experiments, ...Array.from({ length: 30 }, (_, index) => String(1000 + index))]
    expect(await search({ experiment_ids: many, filter: "params.lr = '0.02'", order_by: ['metrics.loss'] })).toEqual(
      runs.filter(({ lr }) => lr === '0.02').map(({ id }) => id),
    )
  })

  test('stages', async () => {
    const experiment = await server.given.experiment()
    const [kept, gone] = [
      await server.given.run({ experiment_id: experiment }),
      await server.given.run({ experiment_id: experiment }),
    ]
    await server.mlflow.post('/2.0/mlflow/runs/delete', { run_id: gone })
    const ids = (run_view_type?: string) => search({ experiment_ids: [experiment], run_view_type })
    expect(await ids()).toEqual([kept])
    expect(await ids('DELETED_ONLY')).toEqual([gone])
    expect((await ids('ALL')).sort()).toEqual([kept, gone].sort())
  })

  test('no experiments, no runs', async () => {
    expect((await server.mlflow.post(path, {})).text).toBe('{}')
    expect((await server.mlflow.post(path, { experiment_ids: ['77'] })).text).toBe('{}')
  })

  test.each([
    [{ filter: 'metrics.acc >' }, 400],
    [{ filter: "metrics.acc > '1'" }, 400],
    [{ filter: 'nope = 1' }, 400],
    [{ order_by: ['dataset.name'] }, 400],
    [{ order_by: ['metrics.a', 'metrics.a'] }, 500],
    [{ max_results: 0 }, 400],
    [{ max_results: 50_001 }, 400],
    [{ page_token: '!' }, 400],
    [{ page_token: 'AAAA' }, 400],
    [{ page_token: Buffer.from('{"offset": 5}').toString('base64') }, 400],
    [{ experiment_ids: ['abc'] }, 400],
  ])('refuses case %#', async (body, status) => {
    const answer = await server.mlflow.post(path, { experiment_ids: ['0'], ...body })
    expect(answer.status, answer.text).toBe(status)
    expect(answer.body.message).toBeTypeOf('string')
  })

  test('the token of another search is refused', async () => {
    const { body } = await server.mlflow.post(path, { experiment_ids: experiments, max_results: 1 })
    const other = {
      experiment_ids: experiments,
      max_results: 1,
      filter: 'metrics.acc > 0',
      page_token: body.next_page_token,
    }
    expect(await server.mlflow.post(path, other)).toMatchObject({ status: 400 })
  })
})
