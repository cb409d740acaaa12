import { handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { experimentNumber } from '../experiments/experiment-rules.ts'
import * as contract from './dataset-contract.ts'
import { summarizeDatasets } from './dataset-store.ts'

const mostExperiments = 20
const mostSummaries = 1000

export const searchDatasets = handle(contract.searchDatasets, async ({ db, tenant }, { experiment_ids }) => {
  if (experiment_ids.length === 0) {
    throw invalidParameter('SearchDatasets request must specify at least one experiment_id.', {
      field: 'experiment_ids',
    })
  }
  if (experiment_ids.length > mostExperiments) {
    throw invalidParameter(
      `SearchDatasets request cannot specify more than ${mostExperiments} experiment_ids. ` +
        `Received ${experiment_ids.length} experiment_ids.`,
      { field: 'experiment_ids' },
    )
  }
  const experiments = experiment_ids.map((id) => experimentNumber(id, tenant))
  const rows = await summarizeDatasets(db.read, tenant, experiments, mostSummaries)
  return {
    body: {
      dataset_summaries: rows.map(({ experiment, name, digest, context }) => ({
        experiment_id: String(experiment),
        name,
        digest,
        context: context ?? undefined,
      })),
    },
  }
})
