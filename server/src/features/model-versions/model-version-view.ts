import { type RawBuilder, sql } from 'kysely'
import type { Engine } from '../../db/database.ts'
import type { Tables } from '../../db/tables/tables.ts'

/**
 * A version `v` of a model `r` as it is shown. Numbers of models are left out: they exceed 2^53, and one such integer in an
 * answer makes SQLite's driver read all of them the slow way.
 */
export interface ModelVersionView extends Omit<Tables['model_versions'], 'tenant' | 'model' | 'source_key'> {
  readonly name: string
  /** JSON list of `[key, value]` in the order of keys; null for none. */
  readonly tags: string | null
  /** JSON list in order; null for none, or where aliases were not asked for. */
  readonly aliases: string | null
}

const columns = [
  'version',
  'created',
  'updated',
  'description',
  'user_id',
  'stage',
  'source',
  'storage_location',
  'run_id',
  'run_link',
  'model_id',
  'source_tenant',
  'status',
  'status_message',
  'revision',
] as const satisfies readonly (keyof ModelVersionView)[]

/** The select list of a `ModelVersionView`; tags come as one text, so that a page of versions is one query. */
export function viewColumns(engine: Engine, aliases: 'with aliases' | 'without aliases'): RawBuilder<ModelVersionView> {
  const own = sql.join(columns.map((column) => sql.ref(`v.${column}`)))
  const shown = aliases === 'with aliases' ? aliasesOf(engine) : sql`null`
  return sql`r.name, ${own}, ${tagsOf(engine)} as tags, ${shown} as aliases`
}

function tagsOf(engine: Engine): RawBuilder<string | null> {
  const list =
    engine === 'sqlite'
      ? sql`json_group_array(json_array(t.key, t.value) order by t.key)`
      : sql`cast(json_agg(json_build_array(t.key, t.value) order by t.key) as text)`
  return sql`(select ${list} from model_version_tags as t
    where t.tenant = v.tenant and t.model = v.model and t.version = v.version)`
}

function aliasesOf(engine: Engine): RawBuilder<string | null> {
  const list =
    engine === 'sqlite'
      ? sql`json_group_array(a.alias order by a.alias)`
      : sql`cast(json_agg(a.alias order by a.alias) as text)`
  return sql`(select ${list} from model_aliases as a
    where a.tenant = v.tenant and a.model = v.model and a.version = v.version)`
}
