import { describe, expect, test } from 'vitest'
import { type Int64, int64Max, int64Min, toInt64 } from '../lib/int64.ts'
import { createRandom, type Random } from '../testing/random.ts'
import { comparePoints, type PointColumns, type PointSource, sortedDistinct } from './point-columns.ts'
import { type Compression, decodeSegment, encodeSegment } from './segment-codec.ts'

describe('a segment', () => {
  test.each([
    ['one point', { steps: [3], timestamps: [1700000000000], values: [0.1] }],
    ['one NaN', { steps: [0], timestamps: [0], values: [Number.NaN] }],
    ['one negative zero', { steps: [0], timestamps: [-5], values: [-0] }],
    ['the extremes of 64 bits', { steps: [int64Min, int64Max], timestamps: [int64Max, int64Min], values: [1, -0] }],
    ['one great step', { steps: [2n ** 60n], timestamps: [1], values: [Number.MAX_VALUE] }],
    [
      'safe integers whose distance is not safe',
      {
        steps: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
        timestamps: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
        values: [Number.MIN_VALUE, -Number.MAX_VALUE],
      },
    ],
    ['nothing but NaN', { steps: [1, 1, 2], timestamps: [1, 2, 3], values: [Number.NaN, Number.NaN, Number.NaN] }],
  ])('brings back %s exactly', (_, points) => {
    expect(roundTrip(points, 'fast')).toEqual(rows(points))
    expect(roundTrip(points, 'small')).toEqual(rows(points))
  })

  test('brings back whatever is packed', () => {
    const random = createRandom(7)
    for (let round = 0; round < 1500; round++) {
      const points = sortedDistinct(randomPoints(random))
      expect(roundTrip(points, random.pick(['fast', 'small'] as const))).toEqual(rows(points))
    }
  })

  test('has a head that tells its extremes', () => {
    const points = { steps: [1, 2, 3], timestamps: [30, 10, 20], values: [Number.NaN, 5, -7] }
    expect(encodeSegment(points, 'fast')).toMatchObject({
      firstStep: 1,
      lastStep: 3,
      firstTs: 10,
      lastTs: 30,
      n: 3,
      vmin: -7,
      vmax: 5,
      vfirst: null,
      vlast: -7,
      nanCount: 1,
      codec: 1,
    })
  })

  test('spends about five bytes on a point whose value is a 32-bit float', () => {
    const n = 512
    const steps = Array.from({ length: n }, (_, i) => i)
    const timestamps = steps.map((i) => 1700000000000 + i * 1000 + (i % 7))
    const values = steps.map((i) => Math.fround(Math.exp(-i / 100)))
    expect(encodeSegment({ steps, timestamps, values }, 'small').payload.length).toBeLessThan(5 * n)
  })

  test('refuses a payload that has been cut', () => {
    const points = { steps: [1, 2, 4], timestamps: [1, 2, 9], values: [1, 2, 3] }
    const { payload, ...head } = encodeSegment(points, 'fast')
    expect(() => decodeSegment(head, payload.subarray(0, payload.length - 1))).toThrow(RangeError)
  })
})

test('points are ordered by step, time and value, and exact repeats fall away', () => {
  const points = {
    steps: [2, 1, 1, 1, 1, 1, 2],
    timestamps: [0, 5, 4, 5, 5, 5, 0],
    values: [1, 0, 9, Number.NaN, -1, Number.NaN, 1],
  }
  expect(rows(sortedDistinct(points))).toEqual([
    [1, 4, 9],
    [1, 5, -1],
    [1, 5, 0],
    [1, 5, Number.NaN],
    [2, 0, 1],
  ])
})

test('integers compare by value, whichever way they are held', () => {
  const point = (step: Int64) => ({ steps: [step], timestamps: [0], values: [0] })
  expect(comparePoints(point(5), 0, point(5n), 0)).toBe(0)
  expect(comparePoints(point(5), 0, point(6n), 0)).toBeLessThan(0)
  expect(comparePoints(point(int64Max), 0, point(5), 0)).toBeGreaterThan(0)
})

function roundTrip(points: PointSource, compression: Compression): unknown[] {
  const { payload, ...head } = encodeSegment(points, compression)
  return rows(decodeSegment(head, payload))
}

function rows({ steps, timestamps, values }: PointSource | PointColumns): unknown[] {
  return Array.from(values, (value, i) => [toInt64(steps[i]!), toInt64(timestamps[i]!), value])
}

function randomPoints(random: Random): PointSource {
  const count = random.pick([1, 2, 3, 63, 64, 200])
  const wide = random.chance(0.2)
  const stride = random.pick([0, 1, 10])
  const float32 = random.chance(0.5)
  const steps: Int64[] = []
  const timestamps: Int64[] = []
  const values: number[] = []
  for (let i = 0; i < count; i++) {
    steps.push(wide && random.chance(0.3) ? random.int64() : random.chance(0.9) ? i * stride : random.integer(-50, 50))
    timestamps.push(wide && random.chance(0.3) ? random.int64() : 1700000000000 + i * 1000 + random.integer(-3, 3))
    const value = random.chance(0.05) ? Number.NaN : random.chance(0.05) ? -0 : random.number() * 1000 - 500
    values.push(float32 ? Math.fround(value) : value)
  }
  return { steps, timestamps, values }
}
