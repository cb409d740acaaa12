import { expect, test } from 'vitest'
import { appendToUri } from './uri-path.ts'

test.each([
  ['s3://b/p/', 's3://b/p/r/artifacts'],
  ['s3://b', 's3://b/r/artifacts'],
  ['s3://b//', 's3://b//r/artifacts'],
  ['mlflow-artifacts:/', 'mlflow-artifacts:/r/artifacts'],
  ['mlflow-artifacts:/1', 'mlflow-artifacts:/1/r/artifacts'],
  ['/data/x', '/data/x/r/artifacts'],
  ['s3:', 's3:r/artifacts'],
  ['wasbs://c@a/p', 'wasbs://c@a/p/r/artifacts'],
])('%s', (root, uri) => {
  expect(appendToUri(root, 'r/artifacts')).toBe(uri)
})
