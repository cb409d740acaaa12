import { anyOf } from '../../db/any-of.ts'
import type { Engine, Reader, Tx } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Tenant } from '../../lib/tenant.ts'
import type { ModelText } from './logged-model-rules.ts'

type ModelMetric = Pick<
  Tables['logged_model_metrics'],
  'key' | 'value' | 'timestamp' | 'step' | 'run_id' | 'dataset_name' | 'dataset_digest'
>

/** What is logged to a model: params and tags by key, every value of every metric in the order of logging. */
export interface ModelDetails {
  readonly params: readonly ModelText[]
  readonly tags: readonly ModelText[]
  readonly metrics: readonly ModelMetric[]
}

export const noDetails: ModelDetails = { params: [], tags: [], metrics: [] }

/** The details of the given models, by model number as text; one query for each kind. */
export async function detailsOfModels(
  engine: Engine,
  db: Reader | Tx,
  tenant: Tenant,
  models: readonly Int64[],
): Promise<ReadonlyMap<string, ModelDetails>> {
  if (models.length === 0) return new Map()
  const [params, tags, metrics] = await Promise.all([
    textsOf(engine, db, 'logged_model_params', tenant, models),
    textsOf(engine, db, 'logged_model_tags', tenant, models),
    metricsOf(engine, db, tenant, models),
  ])
  return new Map(
    models.map((model) => {
      const id = String(model)
      return [id, { params: params.get(id) ?? [], tags: tags.get(id) ?? [], metrics: metrics.get(id) ?? [] }]
    }),
  )
}

async function textsOf(
  engine: Engine,
  db: Reader | Tx,
  table: 'logged_model_params' | 'logged_model_tags',
  tenant: Tenant,
  models: readonly Int64[],
): Promise<Map<string, ModelText[]>> {
  const rows = await db
    .selectFrom(table)
    .select(['model', 'key', 'value'])
    .where('tenant', '=', tenant)
    .where(anyOf(engine, 'model', models))
    .orderBy('model')
    .orderBy('key')
    .execute()
  return byModel(rows)
}

async function metricsOf(
  engine: Engine,
  db: Reader | Tx,
  tenant: Tenant,
  models: readonly Int64[],
): Promise<Map<string, ModelMetric[]>> {
  const rows = await db
    .selectFrom('logged_model_metrics')
    .select(['model', 'key', 'value', 'timestamp', 'step', 'run_id', 'dataset_name', 'dataset_digest'])
    .where('tenant', '=', tenant)
    .where(anyOf(engine, 'model', models))
    .orderBy('model')
    .orderBy('position')
    .execute()
  return byModel(rows)
}

function byModel<T>(rows: readonly (T & { readonly model: Int64 })[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const id = String(row.model)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [row])
    else group.push(row)
  }
  return groups
}
