import type { FixedRequest } from '../load/workload.ts'
import { modelName, runOfVersions, versionsOfModel } from '../seed/registry-seed.ts'
import { seedLoggedModels, seedVersions } from '../seed/seed-registry.ts'
import { type ApiClient, apiClient, type Json, listAt, textAt } from '../targets/api-client.ts'
import type { Target } from '../targets/target.ts'
import type { Bench, Work } from './bench.ts'
import { loadRow } from './load-row.ts'
import type { Goal } from './row.ts'

const api = '/api/2.0/mlflow/'
const connections = 16

/** How many versions lie on a server. */
const laid = new WeakMap<Target, number>()

/** Adds versions until there are `total`: the rows with more of them come later. */
async function layVersions(bench: Bench, target: Target, total: number): Promise<number> {
  const models = total / versionsOfModel
  const before = laid.get(target) ?? 0
  if (before < models) {
    const start = performance.now()
    await seedVersions(target, before, models)
    laid.set(target, models)
    bench.progress(`${target.name}: ${total} versions laid in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  }
  return models
}

function goal(factor: number): Goal[] {
  return [{ kind: 'times', against: 'mlflow', factor }]
}

function searchPath(filter: string, more: Readonly<Record<string, string>>): string {
  const query = Object.entries({ filter, ...more }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `model-versions/search?${query.join('&')}`
}

/** What clients ask of versions: those of a model, latest first; those of a run; those with a tag. */
function searches(models: number): string[] {
  return Array.from({ length: connections }, (_, n) => Math.floor(((n + 0.5) * models) / connections)).flatMap(
    (model) => [
      searchPath(`name = '${modelName(model)}'`, { max_results: '100', order_by: 'version_number DESC' }),
      searchPath(`run_id = '${runOfVersions(model, 7)}'`, { max_results: '100', order_by: 'name ASC' }),
      searchPath(`tags.bucket = 'bucket-${model % 100}'`, { max_results: '100', order_by: 'name ASC' }),
    ],
  )
}

function describeVersions(answer: Json): string {
  const versions = listAt(answer, 'model_versions')
  const one = (version: Json | undefined): string =>
    version === undefined ? 'none' : `${textAt(version, 'name')}/${textAt(version, 'version')}`
  const tags = versions.reduce((sum: number, version) => sum + listAt(version, 'tags').length, 0)
  return `${versions.length} versions, ${one(versions[0])} to ${one(versions.at(-1))}, ${tags} tags`
}

function searchRow(id: string, sizeOf: (bench: Bench) => number, title: string): Work {
  return loadRow({
    id,
    title: `model-versions/search among ${title} versions`,
    unit: '/s',
    connections,
    targets: ['runstead', 'mlflow'],
    goals: goal(15),
    note: 'by turns the 100 versions of a model, latest first; the five of a run; 100 with a tag, by name',
    async prepare(bench, target) {
      const paths = searches(await layVersions(bench, target, sizeOf(bench)))
      const requests = paths.map((path): FixedRequest => ({ path: api + path }))
      return {
        workload: () => ({ kind: 'repeat', requests }),
        async check(client) {
          const texts: string[] = []
          for (const path of paths.slice(0, 6)) texts.push(describeVersions(await client.get(path)))
          return texts.join('; ')
        },
      }
    },
  })
}

function createRow(id: string, sizeOf: (bench: Bench) => number, title: string): Work {
  return loadRow({
    id,
    title: `model-versions/create beside ${title} versions`,
    unit: '/s',
    connections,
    targets: ['runstead', 'mlflow'],
    goals: goal(15),
    note: 'each connection adds versions with two tags to a model of its own',
    async prepare(bench, target) {
      await layVersions(bench, target, sizeOf(bench))
      const names = Array.from({ length: connections }, (_, n) => `bench-${id}-${n}`)
      using client = apiClient(target.address)
      for (const name of names) await client.post('registered-models/create', { name })
      return {
        workload: () => ({ kind: 'create-version', names }),
        async check(client, completed) {
          let found = 0
          for (const name of names) found += await countVersions(client, name)
          if (found < completed) throw new Error(`${target.name} acknowledged ${completed} versions, and has ${found}`)
          return 'everything acknowledged is there'
        },
      }
    },
  })
}

/** The number of the latest version is how many there are, since none has been deleted. */
async function countVersions(client: ApiClient, name: string): Promise<number> {
  const answer = await client.get(searchPath(`name = '${name}'`, { max_results: '1', order_by: 'version_number DESC' }))
  const latest = listAt(answer, 'model_versions')[0]
  return latest === undefined ? 0 : Number(textAt(latest, 'version'))
}

const loggedModelSearch = loadRow({
  id: 'search-logged-models',
  title: "logged-models/search, 50 of 50,000, metrics.acc > 0.9 and params.lr = '0.01' order by metrics.acc DESC",
  unit: '/s',
  connections,
  targets: ['runstead', 'mlflow'],
  goals: goal(20),
  async prepare(bench, target) {
    const experimentId = await seedLoggedModels(target, 'bench logged models', bench.options.sizes.loggedModels)
    const body = {
      experiment_ids: [experimentId],
      filter: "metrics.acc > 0.9 AND params.lr = '0.01'",
      order_by: [{ field_name: 'metrics.acc', ascending: false }],
      max_results: 50,
    }
    return {
      workload: () => ({
        kind: 'repeat',
        requests: [{ path: `${api}logged-models/search`, json: JSON.stringify(body) }],
      }),
      async check(client) {
        const models = listAt(await client.post('logged-models/search', body), 'models')
        const name = (model: Json | undefined): string => (model === undefined ? 'none' : textAt(model, 'info', 'name'))
        return `${models.length} models, ${name(models[0])} to ${name(models.at(-1))}`
      },
    }
  },
})

const some = (bench: Bench): number => bench.options.sizes.versions
const many = (bench: Bench): number => bench.options.sizes.manyVersions

/** The rows of the registry and of logged models. The order counts: the later ones add to what is there. */
export const registryRows: readonly Work[] = [
  searchRow('search-versions', some, '10,000'),
  createRow('create-version', some, '10,000'),
  searchRow('search-versions-100k', many, '100,000'),
  createRow('create-version-100k', many, '100,000'),
  loggedModelSearch,
]
