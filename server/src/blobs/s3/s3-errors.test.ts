import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { invalidParameter } from '../../errors/errors.ts'
import { isMissing, storeErrorOf } from './s3-errors.ts'

function failure(name: string, status?: number, more: object = {}): Error {
  const metadata = status === undefined ? {} : { $metadata: { httpStatusCode: status, requestId: 'r1' } }
  return Object.assign(new Error('told by the store'), { name, ...metadata, ...more })
}

test.each([
  [failure('Error', undefined, { code: 'ENOTFOUND' }), 'unavailable', 'cannot be reached (ENOTFOUND)'],
  [failure('TimeoutError'), 'unavailable', 'does not answer in time'],
  [failure('TimeoutError', undefined, { code: 'ECONNRESET' }), 'unavailable', 'cannot be reached (ECONNRESET)'],
  [failure('NoSuchBucket', 404), 'unavailable', 'does not exist'],
  [failure('AccessDenied', 403), 'unavailable', "refuses this server's credentials (403 AccessDenied)"],
  [failure('CredentialsProviderError'), 'unavailable', 'credentials (CredentialsProviderError)'],
  [failure('SlowDown', 503), 'unavailable', 'failed (503 SlowDown)'],
  [failure('PreconditionFailed', 412), 'unavailable', 'try again'],
  [failure('KeyTooLongError', 400), 'invalid-parameter', 'too long'],
  [failure('ExistingObjectIsDirectory', 409), 'invalid-parameter', 'Path refers to a directory'],
  [failure('XMinioParentIsObject', 400), 'invalid-parameter', 'is a file, not a directory'],
  [failure('NoSuchUpload', 404), 'not-found', 'No upload in parts'],
  [failure('InvalidPart', 400), 'invalid-parameter', 'InvalidPart'],
  ['no error at all', 'unavailable', 'cannot be reached'],
])('%s', (error, code, message) => {
  expect(storeErrorOf(error, 's3://b/p')).toMatchObject({ code, message: expect.stringContaining(message) })
})

test('what S3 repeats of the request goes to nobody', () => {
  const error = failure('SignatureDoesNotMatch', 403, { AWSAccessKeyId: 'AKIA123', StringToSign: 'AWS4-HMAC' })
  expect(inspect(storeErrorOf(error, 's3://b/p'), { depth: 9 })).not.toMatch(/AKIA123|AWS4/)
})

test('an error of ours stays as it is', () => {
  const ours = invalidParameter('x')
  expect(storeErrorOf(ours, 's3://b')).toBe(ours)
})

test('a missing object is no missing bucket', () => {
  expect([failure('NotFound', 404), failure('NoSuchKey', 404), failure('NoSuchBucket', 404)].map(isMissing)).toEqual([
    true,
    true,
    false,
  ])
})
