import type { Output } from '../../contract/wire.ts'
import type { Experiment } from './experiment-contract.ts'
import type { ExperimentRow, TagRow } from './experiment-store.ts'

/** The wire form of an experiment. */
export function experimentMessage(
  row: ExperimentRow,
  tags: readonly TagRow[],
  workspaceKey: string,
): Output<typeof Experiment> {
  return {
    experiment_id: String(row.experiment),
    name: row.name,
    artifact_location: row.artifact_location,
    lifecycle_stage: row.deleted ? 'deleted' : 'active',
    last_update_time: row.updated,
    creation_time: row.created,
    tags,
    workspace: workspaceKey,
  }
}
