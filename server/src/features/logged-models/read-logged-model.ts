import { type Context, handle } from '../../context/context.ts'
import * as contract from './logged-model-contract.ts'
import { detailsOfModels, noDetails } from './logged-model-details.ts'
import { loggedModelMessage } from './logged-model-message.ts'
import { findLoggedModel, type LoggedModelRow, loggedModelNotFound } from './logged-model-store.ts'

export const getLoggedModel = handle(contract.getLoggedModel, async (context, { model_id, allow_deleted = '' }) => {
  const row = await findLoggedModel(context.db.lookup, context.tenant, model_id)
  if (row.deleted && allow_deleted.toLowerCase() !== 'true') throw loggedModelNotFound(model_id)
  return answerWithModel(context, row)
})

/** The answer of the operations that give back one model. Its metrics may be many, so they are not read by `lookup`. */
export async function answerWithModel({ db, tenant }: Context, row: LoggedModelRow) {
  const details = await detailsOfModels(db.engine, db.read, tenant, [row.model])
  return { body: { model: loggedModelMessage(row, details.get(String(row.model)) ?? noDetails) } }
}
