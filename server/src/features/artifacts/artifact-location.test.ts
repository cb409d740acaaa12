import { describe, expect, test } from 'vitest'
import { tenantOf } from '../../lib/tenant.ts'
import { artifactKey, checkArtifactLocation, isProxied, joinPaths, pathBelowUri } from './artifact-location.ts'

describe('checkArtifactLocation', () => {
  const check = (location: string) => checkArtifactLocation(location, '/srv/here')

  test.each([
    's3://bucket/p',
    's3://bucket/p;x',
    'gs://b/x',
    'wasbs://c@a.blob.core.windows.net/x',
    'dbfs:/x',
    'models:/x/1',
    'foo://x',
    'mlflow-artifacts:/custom',
    'mlflow-artifacts:custom',
    'mlflow-artifacts:///x/y',
    '/data/artifacts',
    '/data/a b',
    'file:/data/x',
    'file:///data/a;b',
    `s3://b/${'x'.repeat(2041)}`,
  ])('keeps %s', (location) => {
    expect(check(location)).toBe(location)
  })

  test.each([
    ['rel/dir', '/srv/here/rel/dir'],
    ['./rel//x', '/srv/here/rel/x'],
    ['~/x', '/srv/here/~/x'],
    ['file:rel', 'file:///srv/here/rel'],
  ])('makes %s absolute', (location, stored) => {
    expect(check(location)).toBe(stored)
  })

  test.each([
    ['s3://b/p#f', "'artifact_location' URL can't include fragments or params."],
    ['/tmp/a;b', "'artifact_location' URL can't include fragments or params."],
    ['s3://b/p?a=../x', 'Invalid query string'],
    ['s3://b/p?x=1', 'Invalid query string'],
    ['runs:/abc', "Artifact location cannot be a runs:/ URI. Given: 'runs:/abc'"],
    [`s3://b/${'x'.repeat(2042)}`, 'cannot be greater than 2048 characters'],
  ])('refuses %s', (location, message) => {
    expect(() => check(location)).toThrow(
      expect.objectContaining({ code: 'invalid-parameter', message: expect.stringContaining(message) }),
    )
  })

  test.each([
    'http://h/x',
    'HTTPS://h/api/2.0/mlflow-artifacts/artifacts/1',
    'mlflow-artifacts://host/x',
    'mlflow-artifacts://127.0.0.1:5000/x',
    'ftp:///x',
    'sftp://h/x',
    'hdfs:/x',
    'viewfs://h/x',
    'r2://b@h/x',
    'b2://b@h/x',
    'abfss://c@a.dfs.core.windows.net/x',
  ])('does not connect to the host of %s', (location) => {
    const scheme = location.slice(0, location.indexOf(':')).toLowerCase()
    expect(() => check(location)).toThrow(`'artifact_location' cannot use the '${scheme}' scheme: `)
  })

  test('refuses a file URI with a host as MLflow does', () => {
    expect(() => check('file://host/x')).toThrow(expect.objectContaining({ code: 'internal-refusal' }))
  })
})

describe('pathBelowUri', () => {
  test.each([
    ['mlflow-artifacts:/1/r/artifacts', 'a.txt', '1/r/artifacts/a.txt'],
    ['mlflow-artifacts:/1/r/artifacts', '', '1/r/artifacts'],
    ['mlflow-artifacts:1/r/artifacts', 'a', '1/r/artifacts/a'],
    ['mlflow-artifacts:///1/r/artifacts', 'a', '1/r/artifacts/a'],
    ['mlflow-artifacts://some.host:5000/1/r', 'a', '1/r/a'],
    ['mlflow-artifacts:/1/r/artifacts?b=1', 'a', '1/r/artifacts/a'],
    ['http://h/mlflow/api/2.0/mlflow-artifacts/artifacts/1/r', 'a/b', '1/r/a/b'],
    ['mlflow-artifacts:/a%20b/r', 'c', 'a b/r/c'],
    ['mlflow-artifacts:/%C3%A9/r', 'c', 'é/r/c'],
  ])('%s and %j are %s', (uri, path, whole) => {
    expect(pathBelowUri(uri, path)).toBe(whole)
  })

  test.each(['mlflow-artifacts:/a/../../x/r', 'mlflow-artifacts:/%2e%2e/x/r', 'mlflow-artifacts:/a%2f..%2f..'])(
    '%s leads out of the store and is refused',
    (uri) => {
      expect(() => pathBelowUri(uri, 'a')).toThrow('Invalid path')
    },
  )

  test.each(['s3://b/r', '/etc', 'file:///etc', 'relative', 'http://h/other/1/r', 'runs:/x', ''])(
    '%j is none of this server',
    (uri) => {
      expect(() => pathBelowUri(uri, 'passwd')).toThrow(
        expect.objectContaining({ code: 'invalid-parameter', message: expect.stringContaining('does not serve') }),
      )
    },
  )
})

describe('artifactKey', () => {
  test('stays in the part of its tenant', () => {
    expect(artifactKey(tenantOf(1), '1/r/artifacts/a.txt')).toBe('workspaces/1/1/r/artifacts/a.txt')
    expect(artifactKey(tenantOf(27), 'a//./b/')).toBe('workspaces/27/a/b')
    expect(artifactKey(tenantOf(27), '')).toBe('workspaces/27')
    expect(() => artifactKey(tenantOf(2), '../1/x')).toThrow('Invalid path')
  })
})

test('proxied are the schemes whose bytes pass through the server', () => {
  const uris = ['mlflow-artifacts:/1', 'http://h/x', 'https://h/x', 's3://b', '/data', 'file:/data']
  expect(uris.map(isProxied)).toEqual([true, true, true, false, false, false])
})

test('paths are joined as MLflow joins them', () => {
  expect(joinPaths('a', 'b')).toBe('a/b')
  expect(joinPaths('a/', 'b')).toBe('a/b')
  expect(joinPaths('.', 'b')).toBe('./b')
  expect(joinPaths('', 'b')).toBe('b')
  expect(joinPaths('a', '')).toBe('a')
})
