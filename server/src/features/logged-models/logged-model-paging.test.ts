import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { createRandom } from '../../testing/random.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const path = '/2.0/mlflow/logged-models'

interface Model {
  readonly info: {
    readonly model_id: string
    readonly experiment_id: string
    readonly name: string
    readonly creation_timestamp_ms: number
  }
  readonly data: {
    readonly params?: readonly { readonly key: string; readonly value: string }[]
    readonly metrics?: readonly {
      readonly key: string
      readonly value: number | 'NaN'
      readonly timestamp: number
      readonly step: number
      readonly dataset_name?: string
    }[]
  }
}

interface Order {
  readonly field_name: string
  readonly ascending: boolean
  readonly dataset_name?: string
}

/** Filters with what they mean: the first three are answered from an index, the others while walking in order. */
const filters: readonly (readonly [string, (model: Model) => boolean])[] = [
  ["params.p = '1'", (model) => param(model) === '1'],
  ["name LIKE 'n1%'", ({ info }) => info.name.startsWith('n1')],
  ['metrics.a > 1', (model) => values(model, 'a').some((value) => value !== 'NaN' && value > 1)],
  ["params.p != '1'", (model) => param(model) !== undefined && param(model) !== '1'],
  ['metrics.b != 2', (model) => values(model, 'b').some((value) => value !== 2)],
  ["NOT params.p = '1'", (model) => param(model) !== '1'],
  [
    "metrics.a < 1 OR name = 'n3'",
    (model) => values(model, 'a').some((value) => value !== 'NaN' && value < 1) || model.info.name === 'n3',
  ],
  ['', () => true],
]

/** Many models with few different values, so that every sort has ties. */
describe.each(databases)('paging through logged models on %s', (engine) => {
  let server: TestServer
  let experiment_ids: string[]
  let models: Model[]
  beforeAll(async () => {
    const random = createRandom(7)
    server = await startTestServer(engine)
    experiment_ids = [await server.given.experiment(), await server.given.experiment(), await server.given.experiment()]
    const run_id = await server.given.run()
    for (let i = 0; i < 70; i++) {
      const body = {
        experiment_id: random.pick(experiment_ids),
        name: `n${random.integer(0, 12)}`,
        params: random.chance(0.7) ? [{ key: 'p', value: `${random.integer(0, 2)}` }] : [],
      }
      const { model_id } = (await server.mlflow.post(path, body)).body.model.info
      const points = new Map<string, object>()
      for (let n = random.integer(0, 5); n > 0; n--) {
        const [key, timestamp, step] = [random.pick(['a', 'b']), random.integer(1, 2), random.integer(0, 1)]
        const dataset = random.chance(0.5) ? { dataset_name: random.pick(['d', 'e']), dataset_digest: '1' } : {}
        const value = random.chance(0.2) ? 'NaN' : random.integer(-1, 3)
        points.set(`${key}/${timestamp}/${step}`, { key, value, timestamp, step, model_id, ...dataset })
      }
      const metrics = [...points.values()]
      if (metrics.length > 0) {
        expect((await server.mlflow.post('/2.0/mlflow/runs/log-batch', { run_id, metrics })).status).toBe(200)
      }
      if (random.chance(0.1)) await server.mlflow.delete(`${path}/${model_id}`)
    }
    models = (await server.mlflow.post(`${path}/search`, { experiment_ids, max_results: 1000 })).body.models
    expect(models.length).toBeGreaterThan(50)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('every filter in every order finds each match once, in order', async () => {
    const random = createRandom(11)
    for (let round = 0; round < 60; round++) {
      const clauses = Array.from({ length: random.integer(0, 2) }, () => random.pick(filters))
      const filter = clauses.map(([text]) => (text === '' ? "name != 'none'" : `(${text})`)).join(' AND ')
      const order_by = Array.from({ length: random.integer(0, 3) }, () => randomOrder(random))
      const ids = random.chance(0.3) ? [random.pick(experiment_ids)] : experiment_ids
      const query = { experiment_ids: ids, filter, order_by, max_results: random.pick([1, 3, 7, 20, 1000]) }
      const expected = models
        .filter(({ info }) => ids.includes(info.experiment_id))
        .filter((model) => clauses.every(([, holds]) => holds(model)))
        .sort((a, b) => compareModels(order_by, a, b))
      expect(await allPages(query), JSON.stringify(query)).toEqual(expected.map(({ info }) => info.model_id))
    }
  })

  const allPages = async (query: object): Promise<string[]> => {
    const found: string[] = []
    let page_token: string | undefined
    do {
      const answer = await server.mlflow.post(`${path}/search`, { ...query, ...(page_token && { page_token }) })
      expect(answer.status, answer.text).toBe(200)
      found.push(...(answer.body.models ?? []).map(({ info }: Model) => info.model_id))
      page_token = answer.body.next_page_token
    } while (page_token !== undefined && found.length < 1000)
    return found
  }
})

function randomOrder(random: ReturnType<typeof createRandom>): Order {
  const field_name = random.pick([
    'metrics.a',
    'metrics.b',
    'metrics.none',
    'name',
    'creation_time',
    'model_id',
    'experiment_id',
  ])
  const dataset = field_name.startsWith('metrics') && random.chance(0.3) ? { dataset_name: 'd' } : {}
  return { field_name, ascending: random.chance(0.5), ...dataset }
}

/** What MLflow documents: missing values last both ways; then newest first, then by id. */
function compareModels(orders: readonly Order[], a: Model, b: Model): number {
  const total: Order[] = [
    ...orders,
    { field_name: 'creation_time', ascending: false },
    { field_name: 'model_id', ascending: true },
  ]
  // A field that was given is not added again.
  const given = (name: string) => orders.some(({ field_name }) => field_name === name)
  for (const [index, order] of total.entries()) {
    if (index >= orders.length && given(order.field_name)) continue
    const [keyA, keyB] = [sortKey(order, a), sortKey(order, b)]
    if (keyA.rank !== keyB.rank) return keyA.rank - keyB.rank
    if (keyA.value === keyB.value) continue
    return keyA.value < keyB.value === order.ascending ? -1 : 1
  }
  return 0
}

function sortKey({ field_name, dataset_name }: Order, { info, data }: Model): { rank: number; value: number | string } {
  if (!field_name.startsWith('metrics.')) {
    const value = { name: info.name, creation_time: info.creation_timestamp_ms, model_id: info.model_id }[field_name]
    return { rank: 0, value: value ?? Number(info.experiment_id) }
  }
  const points = (data.metrics ?? []).filter(
    (metric) =>
      metric.key === field_name.slice(8) && (dataset_name === undefined || metric.dataset_name === dataset_name),
  )
  const latest = points.sort((a, b) => b.timestamp - a.timestamp || b.step - a.step)[0]
  if (latest === undefined) return { rank: 2, value: 0 }
  return latest.value === 'NaN' ? { rank: 1, value: 0 } : { rank: 0, value: latest.value }
}

function values({ data }: Model, key: string): (number | 'NaN')[] {
  return (data.metrics ?? []).filter((metric) => metric.key === key).map(({ value }) => value)
}

function param({ data }: Model): string | undefined {
  return data.params?.find(({ key }) => key === 'p')?.value
}
