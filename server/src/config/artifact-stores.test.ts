import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeStore, readArtifactStore } from './artifact-stores.ts'
import { readServerConfig } from './server-config.ts'

const nothing = {
  endpoint: undefined,
  publicEndpoint: undefined,
  region: undefined,
  pathStyle: undefined,
  direct: undefined,
}
const plain = { ...nothing, kind: 's3', prefix: '', pathStyle: false, direct: true, profile: undefined }

test.each([
  ['here', { kind: 'file', directory: resolve('here') }],
  ['file:///srv/a%20b', { kind: 'file', directory: '/srv/a b' }],
  ['s3://bucket', { ...plain, bucket: 'bucket' }],
  ['S3://bucket/', { ...plain, bucket: 'bucket' }],
  ['s3://my.bucket-1/a/b/', { ...plain, bucket: 'my.bucket-1', prefix: 'a/b' }],
  [
    's3://bucket/p?endpoint=http://minio:9000/&public-endpoint=https://s3.example.com&region=eu-1&direct=false&profile=cold',
    {
      ...plain,
      bucket: 'bucket',
      prefix: 'p',
      endpoint: 'http://minio:9000',
      publicEndpoint: 'https://s3.example.com',
      region: 'eu-1',
      pathStyle: true,
      direct: false,
      profile: 'cold',
    },
  ],
])('%s is read', (address, store) => {
  expect(readArtifactStore(address, nothing)).toEqual(store)
})

test('the settings for all stores hold where the URL of one says nothing else', () => {
  const { artifacts, artifactStores } = readServerConfig(
    ['--artifacts', 's3://main', '--artifact-store=cold=s3://cold/x?region=cold-1', '--artifact-store', 'disk=/srv/d'],
    { RUNSTEAD_S3_ENDPOINT: 'https://s3.local', RUNSTEAD_S3_REGION: 'eu-1', RUNSTEAD_S3_DIRECT: 'false' },
  )
  const shared = { ...plain, endpoint: 'https://s3.local', region: 'eu-1', direct: false, pathStyle: true }
  expect(artifacts).toEqual({ ...shared, bucket: 'main' })
  expect(Object.fromEntries(artifactStores)).toEqual({
    cold: { ...shared, bucket: 'cold', prefix: 'x', region: 'cold-1' },
    disk: { kind: 'file', directory: '/srv/d' },
  })
  expect(readServerConfig([], { RUNSTEAD_ARTIFACT_STORE: 'a=/a, b=/b' }).artifactStores.size).toBe(2)
})

test.each([
  [['--artifacts', 's3://'], 'must be s3://BUCKET or s3://BUCKET/PREFIX'],
  [['--artifacts', 's3://b/x'], 'must be s3://BUCKET or s3://BUCKET/PREFIX'],
  [['--artifacts', 's3://bucket/a//b'], 'must have a prefix without empty names'],
  [['--artifacts', 's3://bucket/../b'], "must have a prefix without empty names, '.' and '..'"],
  [['--artifacts', 's3://bucket?key=x'], 'may have no parameters but endpoint'],
  [['--artifacts', 's3://bucket?direct=maybe'], 'has a direct that must be one of true, false'],
  [['--artifacts', 's3://bucket?endpoint=minio:9000'], 'has a endpoint that must be http://HOST:PORT'],
  [['--s3-endpoint', 'minio'], 'must be http://HOST:PORT or https://HOST:PORT'],
  [['--artifact-store', '/srv/x'], 'must be NAME=URL'],
  [['--artifact-store', 'Cold=/srv/x'], 'must be NAME=URL'],
  [['--artifact-store', 'a=/x', '--artifact-store', 'a=/y'], 'names the store a twice'],
])('%j is refused', (args, message) => {
  expect(() => readServerConfig(args, {})).toThrow(message)
})

describe('credentials in the wrong place', () => {
  test.each(['s3://AKIA:hunter2@bucket/x', 's3://bucket?endpoint=https://AKIA:hunter2@host'])('%s', (address) => {
    const read = () => readServerConfig(['--artifacts', address], {})
    expect(read).toThrow(/credentials|endpoint/)
    expect(read).not.toThrow(/hunter2/)
  })
})

test('people see where a store is', () => {
  expect(describeStore(readArtifactStore('s3://bucket/p?endpoint=http://h:1', nothing))).toBe(
    's3://bucket/p at http://h:1',
  )
  expect(describeStore(readArtifactStore('/srv', nothing))).toBe('/srv')
})
