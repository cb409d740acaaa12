/** One run to be there before a measurement. */
export interface SeedRun {
  readonly name: string
  /** ms since 1970 */
  readonly startTime: number
  readonly metrics: readonly SeedMetric[]
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
}

interface SeedMetric {
  readonly key: string
  readonly value: number
  readonly timestamp: number
  readonly step: number
}

interface KeyValue {
  readonly key: string
  readonly value: string
}

/** An experiment to be there before a measurement: the same on every server, because it is a function of the index. */
export interface Seed {
  readonly experiment: string
  readonly runs: number
  readonly run: (index: number) => SeedRun
}

export interface SeededExperiment {
  readonly experimentId: string
  /** In the order of their index. */
  readonly runIds: readonly string[]
}

const startOfTime = 1_750_000_000_000

/** A number in [0, 1) that depends on nothing but `seed`. */
export function noise(seed: number): number {
  let t = (seed + 0x6d2b79f5) | 0
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const learningRates = ['0.1', '0.03', '0.01', '0.003', '0.001']

/**
 * Runs as a sweep leaves them: 10 metrics (`acc` and `loss` evenly spread over 0 to 1), 10 params (`lr` one of five),
 * 3 tags. One run in ten has acc > 0.9, one in five lr = '0.01'.
 */
export function sweep(experiment: string, runs: number): Seed {
  return {
    experiment,
    runs,
    run(index) {
      const startTime = startOfTime + index * 1000
      const value = (n: number) => noise(index * 31 + n)
      const metric = (key: string, n: number) => ({ key, value: value(n), timestamp: startTime + 500, step: 10 })
      return {
        name: `run-${index}`,
        startTime,
        metrics: [metric('acc', 0), metric('loss', 1), ...numbered(8, (n) => metric(`metric-${n}`, n + 2))],
        params: [
          { key: 'lr', value: learningRates[Math.floor(value(20) * learningRates.length)]! },
          ...numbered(9, (n) => ({ key: `param-${n}`, value: `${Math.floor(value(21 + n) * 100)}` })),
        ],
        tags: [
          { key: 'team', value: `team-${index % 10}` },
          { key: 'stage', value: index % 2 === 0 ? 'dev' : 'prod' },
          { key: 'mlflow.user', value: 'bench' },
        ],
      }
    },
  }
}

/** Runs with `points` points each of the metric `loss`. */
export function histories(experiment: string, runs: number, points: number): Seed {
  return {
    experiment,
    runs,
    run: (index) => ({
      name: `history-${index}`,
      startTime: startOfTime,
      metrics: numbered(points, (n) => ({
        key: 'loss',
        value: noise(index * 1_000_003 + n),
        timestamp: startOfTime + n * 250,
        step: n,
      })),
      params: [],
      tags: [],
    }),
  }
}

/** Runs with 50 metrics and 30 params each. */
export function wideRuns(experiment: string, runs: number): Seed {
  return {
    experiment,
    runs,
    run: (index) => ({
      name: `wide-${index}`,
      startTime: startOfTime,
      metrics: numbered(50, (n) => ({ key: `metric-${n}`, value: noise(index + n), timestamp: startOfTime, step: n })),
      params: numbered(30, (n) => ({ key: `param-${n}`, value: `value ${n} of run ${index}` })),
      tags: [{ key: 'mlflow.user', value: 'bench' }],
    }),
  }
}

/** Runs without anything in them, to be written to. */
export function emptyRuns(experiment: string, runs: number): Seed {
  return {
    experiment,
    runs,
    run: (index) => ({ name: `run-${index}`, startTime: startOfTime, metrics: [], params: [], tags: [] }),
  }
}

function numbered<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n))
}
