import { expect, test } from 'vitest'
import { deleteArtifact, uploadArtifact } from '../artifacts/artifact-contract.ts'
import { createExperiment, getExperiment } from '../experiments/experiment-contract.ts'
import { manageRegisteredModelPermission } from '../permissions/permission-contract.ts'
import { createRun, deleteRun, searchRuns } from '../runs/run-contract.ts'
import { logMetric } from '../runs/run-log-contract.ts'
import { isChange, isLogging, targetOf } from './audit-rules.ts'

test('a change is what needs more than the right to read', () => {
  expect([createExperiment, deleteRun, logMetric, manageRegisteredModelPermission].map(isChange)).not.toContain(false)
  expect([getExperiment, searchRuns].map(isChange)).not.toContain(true)
  expect(isLogging(logMetric.id)).toBe(true)
  expect(isLogging(deleteRun.id)).toBe(false)
})

test.each([
  [deleteRun, { run_id: 'a1' }, undefined, 'run:a1'],
  [
    createRun,
    { experiment_id: '0' },
    '{"run": {"info": {"run_uuid": "b2", "experiment_id": "0", "run_id": "b2"}}}',
    'run:b2',
  ],
  [createExperiment, { name: 'n' }, '{\n  "experiment_id": "7"\n}', 'experiment:7'],
  [createExperiment, { name: 'n' }, undefined, 'name:n'],
  [manageRegisteredModelPermission, { registeredModelKey: 'a.b.c' }, undefined, 'model:a.b.c'],
  [uploadArtifact, { artifact_path: '1/r/artifacts/model/MLmodel' }, undefined, 'artifact:1/r'],
  [deleteArtifact, { artifact_path: '1/r/artifacts/model/MLmodel' }, undefined, 'artifact:1/r/artifacts/model/MLmodel'],
  [deleteRun, { run_id: 'x'.repeat(1000) }, undefined, `run:${'x'.repeat(496)}`],
  [deleteRun, {}, undefined, ''],
] as const)('the target of %o with %j', (endpoint, input, answer, target) => {
  expect(targetOf(endpoint, input, undefined, answer)).toBe(target)
})
