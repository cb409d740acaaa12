import { createHash } from 'node:crypto'
import { noise } from './seed.ts'

/** Versions of each model of a registry's seed. */
export const versionsOfModel = 100
const modelsOfRun = 5
const startOfTime = 1_750_000_000_000

interface KeyValue {
  readonly key: string
  readonly value: string
}

/** One version to be there before a measurement: a function of its model's index and its own number. */
export interface SeedVersion {
  readonly source: string
  readonly runId: string
  readonly tags: readonly KeyValue[]
}

export function modelName(model: number): string {
  return `bench-model-${String(model).padStart(5, '0')}`
}

/** The run that the versions of one number of five neighbouring models come from; the registry does not ask for it. */
export function runOfVersions(model: number, version: number): string {
  return createHash('md5')
    .update(`${Math.floor(model / modelsOfRun)} ${version}`)
    .digest('hex')
}

/** A hundredth of the versions have the tag `bucket` with the same value. */
export function seedVersion(model: number, version: number): SeedVersion {
  return {
    source: `s3://bench/${modelName(model)}/${version}`,
    runId: runOfVersions(model, version),
    tags: [
      { key: 'bucket', value: `bucket-${Math.floor(noise(model * 131 + version) * 100)}` },
      { key: 'team', value: `team-${model % 10}` },
    ],
  }
}

/** One logged model to be there before a measurement: two params, two tags, two metrics. */
export interface SeedLoggedModel {
  readonly name: string
  readonly created: number
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  readonly metrics: readonly { readonly key: string; readonly value: number; readonly timestamp: number }[]
}

/** `acc` is evenly spread over 0 to 1, `lr` is one of five: 2 % have acc > 0.9 and lr = '0.01'. */
export function seedLoggedModel(index: number): SeedLoggedModel {
  const value = (n: number): number => noise(index * 31 + n)
  const timestamp = startOfTime + index
  return {
    name: `logged-${index}`,
    created: timestamp,
    params: [
      { key: 'lr', value: ['0.1', '0.03', '0.01', '0.003', '0.001'][Math.floor(value(2) * 5)]! },
      { key: 'depth', value: `${Math.floor(value(3) * 20)}` },
    ],
    tags: [
      { key: 'team', value: `team-${index % 10}` },
      { key: 'stage', value: index % 2 === 0 ? 'dev' : 'prod' },
    ],
    metrics: [
      { key: 'acc', value: value(0), timestamp },
      { key: 'loss', value: value(1), timestamp },
    ],
  }
}
