import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayProgram, type S3Gateway, startS3Gateway } from '../blobs/testing/s3-gateway.ts'
import { startTestServer, type TestServer } from '../testing/start-test-server.ts'

const validities = [0, -1, 604_801, 2 ** 40, 1.5, 'soon', 1e300]
const paths = ['../x', '%2e%2e/x', 'a\\b', '/etc/passwd', 'C:/x', 'a\0b', 'file:x', 's3://b/x', 'a#b']

async function refuses(server: TestServer, what: 'upload' | 'download'): Promise<void> {
  const run_id = await server.given.run()
  for (const face of [server.mlflow, server.aidp]) {
    const ask = (fields: object) =>
      face.post(`/2.0/mlflow/artifacts/presigned-${what}-url`, { run_id, path: 'f.txt', ...fields })
    for (const expiration of validities) {
      const answer = await ask({ expiration })
      expect(answer.status, `${what} ${expiration}: ${answer.text}`).toBe(400)
      expect(answer.text).not.toMatch(/signature/i)
    }
    for (const path of paths) {
      const answer = await ask({ path })
      expect(answer.status, `${what} ${path}: ${answer.text}`).toBe(400)
      expect(answer.text).not.toMatch(/signature/i)
    }
  }
}

test('PATH-11 no address is signed for a bad path or validity on disk', async () => {
  await using server = await startTestServer('sqlite')
  await refuses(server, 'download')
  await refuses(server, 'upload')
})

describe.skipIf(gatewayProgram === undefined)('PATH-11 a store that clients reach by themselves', () => {
  let gateway: S3Gateway
  beforeAll(async () => {
    gateway = await startS3Gateway()
  })
  afterAll(() => gateway?.[Symbol.asyncDispose]())

  test.each(['download', 'upload'] as const)('PATH-11 signs no %s for a bad path or validity', async (what) => {
    const endpoint = `http://127.0.0.1:${gateway.port}`
    await using server = await startTestServer('sqlite', [
      '--artifacts',
      's3://artifacts/signed',
      '--s3-endpoint',
      endpoint,
    ])
    await refuses(server, what)
  })
})
