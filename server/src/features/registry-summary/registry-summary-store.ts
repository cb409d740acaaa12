import { sql } from 'kysely'
import type { Reader } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'
import type { Condition } from '../../search/text-condition.ts'

interface Counts {
  readonly models: Int64
  readonly versions: Int64
}

/**
 * How many models and versions of a schema there are. Prompts are no models here.
 *
 * @param visible which models the caller may see, in terms of `m`
 */
export async function countModels(
  db: Reader,
  platform: Platform,
  { catalog, schema }: { readonly catalog: string; readonly schema: string },
  visible: Condition,
): Promise<Counts> {
  const models = sql`registered_models as m where m.tenant = ${platform} and m.is_prompt = 0 and ${visible}
    and ${inSchema(catalog, schema)}`
  const { rows } = await sql<Counts>`select
    (select count(*) from ${models}) as models,
    (select count(*) from model_versions as v where v.tenant = ${platform}
      and v.model in (select m.model from ${models})) as versions`.execute(db)
  return rows[0] ?? { models: 0, versions: 0 }
}

/** Exactly three parts, none of them empty, are catalog, schema and model; everything else is in `default`.`default` (D43). */
function inSchema(catalog: string, schema: string): Condition {
  const threeParts: Condition = sql`(length(m.name) - length(replace(m.name, '.', '')) = 2
    and m.name not like '.%' and m.name not like '%.' and m.name not like '%..%')`
  const prefix = `${catalog}.${schema}.`
  const named: Condition = sql`(${threeParts} and substr(m.name, 1, ${[...prefix].length}) = ${prefix})`
  return catalog === 'default' && schema === 'default' ? sql`(not ${threeParts} or ${named})` : named
}
