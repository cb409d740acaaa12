import type { Expression } from 'kysely'
import type { Reader, Tx } from '../../db/database.ts'
import type { Placeholders } from '../../db/prepared.ts'
import type { Int64 } from '../../lib/int64.ts'

export interface ModelPlace {
  /** The platform. */
  readonly tenant: number
  readonly model: Int64
}

/**
 * The version number of a model that was taken last, as an expression for statements which follow the one that takes it:
 * they can be sent before its answer is there.
 */
export function newestVersion(db: Reader | Tx, { tenant, model }: Placeholders<ModelPlace>): Expression<unknown> {
  return db
    .selectFrom('registered_models')
    .select((expression) => expression('next_version', '-', 1).as('version'))
    .where('tenant', '=', tenant)
    .where('model', '=', model)
}
