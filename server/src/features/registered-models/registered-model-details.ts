import { sql } from 'kysely'
import type { Engine, Reader, Tx } from '../../db/database.ts'
import { numberListText, numberRows } from '../../db/number-list.ts'
import type { Int64 } from '../../lib/int64.ts'
import type { Platform } from '../../lib/tenant.ts'
import { stages } from '../model-versions/model-version-rules.ts'
import { type ModelVersionView, viewColumns } from '../model-versions/model-version-view.ts'
import type { TagText } from './registered-model-rules.ts'

/** What is shown of a model besides its row. */
export interface ModelDetails {
  /** In the order of keys. */
  readonly tags: readonly TagText[]
  /** In the order of names. */
  readonly aliases: readonly { readonly alias: string; readonly version: number }[]
  /** The newest version of each stage, in the order of numbers. */
  readonly latest: readonly ModelVersionView[]
}

/** The details of each of the models, in the order given. */
export async function detailsOfModels(
  engine: Engine,
  db: Reader | Tx,
  platform: Platform,
  models: readonly Int64[],
): Promise<ModelDetails[]> {
  if (models.length === 0) return []
  const list = numberListText(models)
  const [tags, aliases, latest] = await Promise.all([
    db
      .selectFrom(numberRows(db, list).as('page'))
      .crossJoin('registered_model_tags as t')
      .where('t.tenant', '=', platform)
      .whereRef('t.model', '=', 'page.number')
      .select(['page.place', 't.key', 't.value'])
      .orderBy('page.place')
      .orderBy('t.key')
      .execute(),
    db
      .selectFrom(numberRows(db, list).as('page'))
      .crossJoin('model_aliases as a')
      .where('a.tenant', '=', platform)
      .whereRef('a.model', '=', 'page.number')
      .select(['page.place', 'a.alias', 'a.version'])
      .orderBy('page.place')
      .orderBy('a.alias')
      .execute(),
    latestVersions(engine, db, platform, models, stages, 'without aliases'),
  ])
  const parts = [tags, aliases, latest].map((rows) => Map.groupBy(rows as { place: number }[], ({ place }) => place))
  return models.map((_, place) => {
    const [ownTags, ownAliases, ownLatest] = parts.map((part) => part.get(place) ?? [])
    return {
      tags: ownTags as unknown as ModelDetails['tags'],
      aliases: ownAliases as unknown as ModelDetails['aliases'],
      latest: ownLatest as unknown as ModelDetails['latest'],
    }
  })
}

/** The version with the highest number of each of the stages, for each of the models, in the order of numbers. */
export async function latestVersions(
  engine: Engine,
  db: Reader | Tx,
  platform: Platform,
  models: readonly Int64[],
  wanted: readonly string[],
  aliases: 'with aliases' | 'without aliases',
): Promise<(ModelVersionView & { readonly place: number })[]> {
  const stageRows = wanted.map((stage) => sql`select ${sql.lit(stage)} as stage`)
  const { rows } = await sql<ModelVersionView & { readonly place: number }>`
    select page.place, ${viewColumns(engine, aliases)}
    from ${numberRows(db, numberListText(models))} as page
    cross join (${sql.join(stageRows, sql` union all `)}) as s
    cross join registered_models as r
    cross join model_versions as v
    where r.tenant = ${platform} and r.model = page.number and v.tenant = ${platform} and v.model = page.number
      and v.version = (select max(x.version) from model_versions as x
        where x.tenant = ${platform} and x.model = page.number and x.stage = s.stage)
    order by page.place, v.version`.execute(db)
  return rows
}

/** One version as it is shown, with its aliases; undefined where there is no such version. */
export async function findVersionView(
  engine: Engine,
  db: Reader | Tx,
  platform: Platform,
  name: string,
  version: number,
): Promise<ModelVersionView | undefined> {
  const { rows } = await sql<ModelVersionView>`select ${viewColumns(engine, 'with aliases')}
    from registered_models as r cross join model_versions as v
    where r.tenant = ${platform} and r.name = ${name}
      and v.tenant = ${platform} and v.model = r.model and v.version = ${version}`.execute(db)
  return rows[0]
}
