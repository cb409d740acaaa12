import { handle } from '../../context/context.ts'
import type { Tx } from '../../db/database.ts'
import { badRequest } from '../../errors/errors.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { checkDatasetInput } from './dataset-input-rules.ts'
import * as contract from './run-inputs-contract.ts'
import {
  type DatasetInputRow,
  datasetIdentity,
  findOrAddDatasets,
  inputsOf,
  insertInputs,
  insertModelInputs,
  insertModelOutputs,
  type NewInput,
} from './run-inputs-store.ts'
import { checkRunIdForm } from './run-rules.ts'
import { type LockedRun, lockActiveRun } from './run-store.ts'

export const logInputs = handle(contract.logInputs, async ({ db, tenant, now }, request) => {
  checkRunIdForm(request.run_id)
  const inputs = [...request.datasets, ...request.dataset_inputs].map(checkDatasetInput)
  const modelIds = request.models.map(({ model_id = '' }) => model_id)
  return db.write(tenant, async (tx) => {
    const run = await lockActiveRun(tx, tenant, request.run_id)
    if (inputs.length > 0) await addDatasetInputs(tx, tenant, run, inputs, now())
    if (modelIds.length > 0) await insertModelInputs(tx, tenant, run, modelIds)
    return { body: {}, revision: run.revision }
  })
})

/** A dataset that the run has as an input already changes nothing, not even its tags (MLflow 3.17.0). */
async function addDatasetInputs(
  tx: Tx,
  tenant: Tenant,
  run: LockedRun,
  inputs: readonly DatasetInputRow[],
  now: number,
): Promise<void> {
  const distinct = new Map<string, DatasetInputRow>()
  for (const input of inputs) {
    const identity = datasetIdentity(input.dataset)
    if (!distinct.has(identity)) distinct.set(identity, input)
  }
  const datasets = [...distinct.values()].map(({ dataset }) => dataset)
  const numbers = await findOrAddDatasets(tx, tenant, run.experiment, datasets, now)
  const { datasets: logged, nextPosition } = await inputsOf(tx, tenant, run)
  const added: NewInput[] = []
  for (const [identity, { tags }] of distinct) {
    const dataset = numbers.get(identity)
    if (dataset === undefined || logged.has(String(dataset))) continue
    refuseRepeatedTag(tags)
    added.push({ dataset, position: nextPosition + added.length, tags })
  }
  await insertInputs(tx, tenant, run, added)
}

function refuseRepeatedTag(tags: DatasetInputRow['tags']): void {
  const keys = new Set<string>()
  for (const { key } of tags) {
    if (keys.has(key)) throw badRequest(`The tag '${key}' is given twice for one dataset.`, { field: 'datasets' })
    keys.add(key)
  }
}

/** Each model can be an output of a run once. */
export const logOutputs = handle(contract.logOutputs, async ({ db, tenant }, request) => {
  const outputs = request.models.map(({ model_id = '', step = 0 }) => ({ model_id, step }))
  return db.write(tenant, async (tx) => {
    const run = await lockActiveRun(tx, tenant, request.run_id)
    if (!(await insertModelOutputs(tx, tenant, run, outputs))) {
      throw badRequest('A model can be an output of a run only once.', { field: 'models' })
    }
    return { body: {}, revision: run.revision }
  })
})
