import { expect, test } from 'vitest'
import { deliveryHeaders, openSecret, sealSecret } from './webhook-secret.ts'

const key = Buffer.alloc(32, 1)

test('a secret opens with its key and for its webhook alone', () => {
  const sealed = sealSecret(key, 'hook', 'wörd')
  expect(sealed).not.toBe(sealSecret(key, 'hook', 'wörd'))
  expect(openSecret(key, 'hook', sealed)).toBe('wörd')
  expect(() => openSecret(Buffer.alloc(32, 2), 'hook', sealed)).toThrow()
  expect(() => openSecret(key, 'other', sealed)).toThrow()
  expect(() => openSecret(key, 'hook', `${sealed.slice(0, -8)}AAAAAAA=`)).toThrow()
})

test('the signature is the one that MLflow 3.17.0 makes', () => {
  const message = { deliveryId: 'c80edd17-b1f8-4f3b-b5b8-15501277f61b', body: '{"a": "ü"}', now: 1_795_564_359_811 }
  // HMAC-SHA256 by Python's hmac module, key "s3cr", over the same three parts.
  expect(deliveryHeaders(message, 's3cr')).toMatchObject({
    'X-MLflow-Delivery-Id': message.deliveryId,
    'X-MLflow-Timestamp': '1795564359',
    'X-MLflow-Signature': 'v1,C+q7G+RryFvGgodBNnwlbY7v4BGCx32Fu0YO33A7nFY=',
  })
  expect(deliveryHeaders(message, undefined)).not.toHaveProperty('X-MLflow-Signature')
})
