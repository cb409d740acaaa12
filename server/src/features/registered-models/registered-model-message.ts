import type { Context } from '../../context/context.ts'
import type { Output } from '../../contract/wire.ts'
import type { Reader, Tx } from '../../db/database.ts'
import { modelVersionMessage } from '../model-versions/model-version-message.ts'
import type { RegisteredModel } from './registered-model-contract.ts'
import { detailsOfModels, type ModelDetails } from './registered-model-details.ts'
import type { RegisteredModelRow } from './registered-model-store.ts'

/** The wire form of a registered model. MLflow leaves an empty description out and has no deployment jobs. */
export function registeredModelMessage(
  mount: Context['mount'],
  row: RegisteredModelRow,
  details: ModelDetails,
): Output<typeof RegisteredModel> {
  return {
    name: row.name,
    creation_timestamp: row.created,
    last_updated_timestamp: row.updated,
    description: row.description || undefined,
    latest_versions: details.latest.map((version) => modelVersionMessage(mount, version)),
    tags: details.tags.map(({ key, value }) => ({ key, value })),
    aliases: details.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
    deployment_job_id: mount === 'stock' ? undefined : row.deployment_job_id || undefined,
  }
}

/** The answer of the operations that give back one model, read with the handle given. */
export async function answerWithModel({ db, platform, mount }: Context, handle: Reader | Tx, row: RegisteredModelRow) {
  const [details] = await detailsOfModels(db.engine, handle, platform, [row.model])
  const shown = details ?? { tags: [], aliases: [], latest: [] }
  return { body: { registered_model: registeredModelMessage(mount, row, shown) }, revision: row.revision }
}
