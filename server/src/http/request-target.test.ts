import { expect, test } from 'vitest'
import { routedTarget } from './request-target.ts'

test.each([
  ['/', '/'],
  ['//', '/'],
  ['*', '*'],
  ['/api/2.0/mlflow/runs/get?x=//y', '/api/2.0/mlflow/runs/get?x=//y'],
  ['//20260430/aiDataPlatforms/p/mlops/api/2.0', '/20260430/aiDataPlatforms/p/mlops/api/2.0'],
  ['/20260430//aiDataPlatforms//p/x', '/20260430/aiDataPlatforms/p/x'],
  ['///api//20260430//aiDataPlatforms?x=1', '/api/20260430/aiDataPlatforms?x=1'],
  ['/20260430//aiDataPlatforms/p/workspaces/w/mlops/a//b', '/20260430/aiDataPlatforms/p/workspaces/w/mlops/a//b'],
  ['/20260430/aiDataPlatforms/p/artifacts/a//b', '/20260430/aiDataPlatforms/p/artifacts/a//b'],
  ['/api/2.0//mlflow/runs/get', '/api/2.0//mlflow/runs/get'],
])('%s is routed as %s', (target, routed) => {
  expect(routedTarget(target)).toBe(routed)
})
