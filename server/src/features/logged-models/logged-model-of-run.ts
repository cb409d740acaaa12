import type { Tx } from '../../db/database.ts'
import type { Int64 } from '../../lib/int64.ts'
import { modelNumber } from '../../lib/run-number.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { appendToUri } from '../../lib/uri-path.ts'
import { valueKey } from '../../lib/value-key.ts'
import { checkArtifactPath } from '../artifacts/artifact-path-rules.ts'
import { statusNumber } from './logged-model-message.ts'
import { checkLoggedModelName } from './logged-model-rules.ts'
import { insertLoggedModel, updateLoggedModel } from './logged-model-store.ts'

interface SourceRun {
  readonly run: Int64
  readonly run_id: string
  readonly experiment: Int64
  readonly artifact_uri: string
}

interface ModelFields {
  readonly modelId?: string
  readonly newModelId: string
  readonly name: string
  /** Below the artifacts of the run. */
  readonly artifactPath: string
}

/**
 * Makes a model that a run has logged the old way a logged model which is ready: the one that it names when that is a model
 * of this run, else a new one (AIDP logExperimentRunModel, D39).
 *
 * @throws AppError `invalid-parameter` for a name or path that no logged model may have
 */
export async function addLoggedModelOfRun(
  tx: Tx,
  tenant: Tenant,
  run: SourceRun,
  fields: ModelFields,
  now: number,
): Promise<void> {
  const status = statusNumber('LOGGED_MODEL_READY')
  if (fields.modelId !== undefined && (await isModelOfRun(tx, tenant, run, fields.modelId))) {
    await updateLoggedModel(tx, tenant, fields.modelId, { status, updated: now })
    return
  }
  checkLoggedModelName(fields.name)
  const path = checkArtifactPath(fields.artifactPath)
  const row = {
    tenant,
    model: modelNumber(fields.newModelId) as Int64,
    model_id: fields.newModelId,
    experiment: run.experiment,
    name: fields.name,
    name_key: valueKey(fields.name),
    artifact_location: path === '' ? run.artifact_uri : appendToUri(run.artifact_uri, path),
    model_type: '',
    source_run_id: run.run_id,
    source_run: run.run,
    status,
    created: now,
    updated: now,
    deleted: 0,
  } as const
  await insertLoggedModel(tx, row, [], [])
}

async function isModelOfRun(tx: Tx, tenant: Tenant, { run_id }: SourceRun, modelId: string): Promise<boolean> {
  const model = modelNumber(modelId)
  if (model === undefined) return false
  const found = await tx
    .selectFrom('logged_models')
    .select('source_run_id')
    .where('tenant', '=', tenant)
    .where('model', '=', model)
    .where('model_id', '=', modelId)
    .executeTakeFirst()
  return found?.source_run_id === run_id
}
