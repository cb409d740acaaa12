import { type Context, handle } from '../../context/context.ts'
import { experimentNotFound, notFound } from '../../errors/errors.ts'
import * as contract from './experiment-contract.ts'
import { experimentMessage } from './experiment-message.ts'
import { experimentNumber } from './experiment-rules.ts'
import { type ExperimentRow, findExperiment, findExperimentByName, tagsOfExperiments } from './experiment-store.ts'

export const getExperiment = handle(contract.getExperiment, async (context, { experiment_id }) => {
  const row = await findExperiment(context.db.lookup, context.tenant, experimentNumber(experiment_id, context.tenant))
  if (row === undefined) throw experimentNotFound(experiment_id)
  return answerWith(context, row)
})

export const getExperimentByName = handle(contract.getExperimentByName, async (context, { experiment_name }) => {
  const row = await findExperimentByName(context.db.lookup, context.tenant, experiment_name)
  if (row === undefined) throw notFound(`Could not find experiment with name '${experiment_name}'`)
  return answerWith(context, row)
})

async function answerWith({ db, tenant, workspaceKey }: Context, row: ExperimentRow) {
  const tags = await tagsOfExperiments(db.lookup, tenant, [row.experiment])
  return {
    body: { experiment: experimentMessage(row, tags.get(String(row.experiment)) ?? [], workspaceKey) },
    revision: row.revision,
  }
}
