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
  ['s3://b/p?x=1', 's3://b/p/r/artifacts?x=1'],
  ['/data/a?b', '/data/a?b/r/artifacts'],
  ['file:/data/x', 'file:///data/x/r/artifacts'],
  ['mlflow-artifacts:', 'mlflow-artifacts:r/artifacts'],
  ['mlflow-artifacts:own', 'mlflow-artifacts:own/r/artifacts'],
  ['S3://B/p', 's3://B/p/r/artifacts'],
])('%s', (root, uri) => {
  expect(appendToUri(root, 'r/artifacts')).toBe(uri)
})
