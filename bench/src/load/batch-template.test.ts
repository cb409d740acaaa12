import { expect, test } from 'vitest'
import { batchTemplate } from './batch-template.ts'

interface Batch {
  run_id: string
  metrics: { key: string; value: number; timestamp: number; step: number }[]
}

function parse(request: Buffer): Batch {
  const [head, body] = request.toString().split('\r\n\r\n')
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body!)}`)
  return JSON.parse(body!) as Batch
}

test('each request is valid JSON with fresh steps for every key', () => {
  const template = batchTemplate({ host: '127.0.0.1', port: 1 }, 'abc', 2, 3)
  const first = parse(template(0))
  expect(first.run_id).toBe('abc')
  expect(first.metrics.map(({ key, step }) => `${key}@${step - 10_000_000}`)).toEqual([
    'metric-0@0',
    'metric-1@0',
    'metric-0@1',
    'metric-1@1',
    'metric-0@2',
    'metric-1@2',
  ])
  expect(first.metrics.every(({ value, timestamp }) => value >= 0 && value <= 1 && timestamp > 1.6e12)).toBe(true)
  expect(parse(template(3)).metrics.map(({ step }) => step - 10_000_000)).toEqual([3, 3, 4, 4, 5, 5])
})
