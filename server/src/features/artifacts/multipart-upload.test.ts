import { describe, expect, test } from 'vitest'
import type { BlobStore, DirectAccess } from '../../blobs/blob-store.ts'
import type { Context, MessageHandler } from '../../context/context.ts'
import { tenantOf } from '../../lib/tenant.ts'
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload } from './multipart-upload.ts'
import { presignProxiedDownload } from './presigned-url.ts'

const folder = '1/run/artifacts'

/** Runs a handler on a store that clients reach by themselves; what the store is told is recorded. */
async function ask(handler: MessageHandler, request: object) {
  const told: unknown[][] = []
  const direct: DirectAccess = {
    async presignGet(...call) {
      told.push(['presignGet', ...call])
      return { url: 'https://store/get', headers: { a: 'b' } }
    },
    async presignPut(...call) {
      told.push(['presignPut', ...call])
      return { url: 'https://store/put', headers: { 'Content-Type': call[2] } }
    },
    async createMultipart(...call) {
      told.push(['create', ...call])
      const requests = Array.from({ length: call[1] }, (_, index) => ({ url: `https://store/${index}`, headers: {} }))
      return { uploadId: 'u1', requests }
    },
    async completeMultipart(...call) {
      told.push(['complete', ...call])
    },
    async abortMultipart(...call) {
      told.push(['abort', ...call])
    },
  }
  const head: BlobStore['head'] = async (key) =>
    key.endsWith('/a.bin') ? { kind: 'file', size: 5, etag: '"e"', lastModified: new Date(0) } : undefined
  const context = { blobs: { directFor: () => direct, head }, tenant: tenantOf(3) } as unknown as Context
  return { ...(await handler.handle(context, request)), told }
}

describe('a store that clients reach by themselves', () => {
  test('begins an upload in parts at the key of folder and file', async () => {
    const request = { path: '/home/me/a.bin', num_parts: 2, artifact_path: folder }
    const { body, told } = await ask(createMultipartUpload, request)
    expect(told).toEqual([['create', `workspaces/3/${folder}/a.bin`, 2]])
    expect(body).toEqual({
      upload_id: 'u1',
      credentials: [
        { url: 'https://store/0', part_number: 1, headers: {} },
        { url: 'https://store/1', part_number: 2, headers: {} },
      ],
    })
  })

  test('completes and gives up', async () => {
    const request = { path: 'a.bin', upload_id: 'u1', artifact_path: folder }
    const parts = [{ part_number: 1, etag: '"x"', url: 'https://store/0' }]
    expect((await ask(completeMultipartUpload, { ...request, parts })).told).toEqual([
      ['complete', `workspaces/3/${folder}/a.bin`, 'u1', [{ partNumber: 1, etag: '"x"' }]],
    ])
    expect((await ask(abortMultipartUpload, request)).told).toEqual([['abort', `workspaces/3/${folder}/a.bin`, 'u1']])
  })

  test('presigns the download of what is there', async () => {
    const { body, told } = await ask(presignProxiedDownload, { artifact_path: `${folder}/a.bin` })
    expect(told).toEqual([['presignGet', `workspaces/3/${folder}/a.bin`, 300, 'attachment; filename=a.bin']])
    expect(body).toEqual({ url: 'https://store/get', headers: { a: 'b' }, file_size: 5 })
    await expect(ask(presignProxiedDownload, { artifact_path: `${folder}/none` })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test.each([
    [{ path: 'a', num_parts: 0, artifact_path: folder }, 'num_parts must be between'],
    [{ path: 'a', num_parts: 10_001, artifact_path: folder }, 'num_parts must be between'],
    [{ path: 'a', num_parts: 1, artifact_path: '../x' }, 'Invalid path'],
    [{ path: 'x/..', num_parts: 1, artifact_path: folder }, 'Invalid path'],
  ])('refuses %j', async (request, message) => {
    await expect(ask(createMultipartUpload, request)).rejects.toThrow(message)
  })
})
