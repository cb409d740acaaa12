import type { Answer, ApiClient } from './api-client.ts'
import { batchKeys, batchSteps, type Entry, type Ledger } from './ledger.ts'

interface Point {
  readonly key: string
  readonly value: number
  readonly step: number
}

interface Pair {
  readonly key: string
  readonly value: string
}

/** The run of a round, as it is after a restart. */
interface Stored {
  readonly last: ReadonlyMap<string, Point>
  readonly params: ReadonlyMap<string, string>
  readonly tags: ReadonlyMap<string, string>
  readonly history: (key: string) => Promise<Point[]>
}

/** How many acknowledged writes a ledger holds, for the line that a round prints. */
export function acknowledgedWrites(ledger: Ledger): number {
  const books = [ledger.metrics, ledger.batches, ledger.params, ledger.tags, ledger.runs]
  return books.flatMap((book) => [...book.values()].flat()).filter((entry) => entry.acknowledged).length
}

/**
 * Compares what is stored with what was acknowledged: one line for each value that is missing, each that nobody has
 * sent, and each batch of which only a part is there.
 */
export async function lossesOf(api: ApiClient, experiment: string, ledger: Ledger): Promise<string[]> {
  const stored = await readRun(api, ledger.run)
  const losses: string[] = []
  for (const [key, entries] of ledger.metrics) losses.push(...(await metricLosses(stored, key, entries)))
  for (const [prefix, entries] of ledger.batches) losses.push(...(await batchLosses(stored, prefix, entries)))
  for (const [prefix, entries] of ledger.params) {
    for (const { number, acknowledged } of entries) {
      const value = stored.params.get(`${prefix}.${number}`)
      if (value === undefined ? acknowledged : value !== String(number))
        losses.push(`param ${prefix}.${number}: ${value}`)
    }
  }
  for (const [key, entries] of ledger.tags) losses.push(...tagLosses(stored, key, entries))
  const names = await namesOfRuns(api, experiment, ledger.run)
  for (const [prefix, entries] of ledger.runs) {
    for (const { number, acknowledged } of entries) {
      if (acknowledged && !names.has(`${prefix}.${number}`)) losses.push(`run ${prefix}.${number} is missing`)
    }
  }
  return losses
}

async function metricLosses(stored: Stored, key: string, entries: readonly Entry[]): Promise<string[]> {
  const history = await stored.history(key)
  const steps = new Set(history.map(({ step }) => step))
  const losses = entries.filter((entry) => entry.acknowledged && !steps.has(entry.number))
  return [
    ...losses.map(({ number }) => `metric ${key}: the value of step ${number} is missing`),
    ...strangers(key, history, entries.length),
    ...lastMistake(stored, key, history),
  ]
}

async function batchLosses(stored: Stored, prefix: string, entries: readonly Entry[]): Promise<string[]> {
  const problems: string[] = []
  const pieces = new Map<number, number>(entries.map(({ number }) => [number, 0]))
  const count = (number: number): void => void pieces.set(number, (pieces.get(number) ?? 0) + 1)
  for (let index = 0; index < batchKeys; index += 1) {
    const key = `${prefix}/k${index}`
    const history = await stored.history(key)
    for (const { step } of history) count(Math.floor(step / batchSteps))
    problems.push(...strangers(key, history, entries.length * batchSteps), ...lastMistake(stored, key, history))
  }
  for (const { number } of entries) {
    for (const letter of ['a', 'b']) if (stored.params.has(`${prefix}.${number}${letter}`)) count(number)
    if (stored.tags.has(`${prefix}.${number}`)) count(number)
  }
  const whole = batchKeys * batchSteps + 3
  for (const { number, acknowledged } of entries) {
    const found = pieces.get(number) ?? 0
    if (found === whole || (found === 0 && !acknowledged)) continue
    problems.push(`batch ${prefix}.${number} (${acknowledged ? '' : 'not '}acknowledged): ${found} of ${whole} pieces`)
  }
  return problems
}

/** A tag holds its last acknowledged value, or the one that was under way when the server died. */
function tagLosses(stored: Stored, key: string, entries: readonly Entry[]): string[] {
  const last = entries.filter(({ acknowledged }) => acknowledged).at(-1)
  const value = stored.tags.get(key)
  const possible = [last === undefined ? undefined : String(last.number)]
  const open = entries.at(-1)
  if (open && !open.acknowledged) possible.push(String(open.number))
  return possible.includes(value) ? [] : [`tag ${key}: ${value} instead of ${possible.join(' or ')}`]
}

/** Points that nobody has sent, and points stored twice. */
function strangers(key: string, history: readonly Point[], sent: number): string[] {
  const strange = history.filter(({ step, value }) => value !== step || step >= sent)
  const doubled = history.length - new Set(history.map(({ step }) => step)).size
  return [
    ...strange.map(({ step, value }) => `metric ${key}: ${value} at step ${step} was never sent`),
    ...(doubled > 0 ? [`metric ${key}: ${doubled} points are stored twice`] : []),
  ]
}

/** The last value of a run is that of the greatest step of its history. */
function lastMistake(stored: Stored, key: string, history: readonly Point[]): string[] {
  const greatest = history.reduce((step, point) => Math.max(step, point.step), -1)
  const told = stored.last.get(key)?.step ?? -1
  return told === greatest ? [] : [`metric ${key}: runs/get tells step ${told}, its history ends at step ${greatest}`]
}

async function readRun(api: ApiClient, run: string): Promise<Stored> {
  const answer = (await api.get('runs/get', { run_id: run }))['run'] as Answer
  const data = answer['data'] as { metrics?: Point[]; params?: Pair[]; tags?: Pair[] }
  const pairs = (list: Pair[] = []): Map<string, string> => new Map(list.map(({ key, value }) => [key, value]))
  return {
    last: new Map((data.metrics ?? []).map((point) => [point.key, point])),
    params: pairs(data.params),
    tags: pairs(data.tags),
    history: async (key) => {
      const history = await api.get('metrics/get-history', { run_id: run, metric_key: key })
      return (history['metrics'] ?? []) as Point[]
    },
  }
}

async function namesOfRuns(api: ApiClient, experiment: string, parent: string): Promise<Set<string>> {
  const { status, body } = await api.post('runs/search', {
    experiment_ids: [experiment],
    filter: `tags.parent = '${parent}'`,
    max_results: 50_000,
  })
  if (status !== 200) throw new Error(`runs/search: ${status} ${JSON.stringify(body)}`)
  const runs = (body['runs'] ?? []) as { info: { run_name: string } }[]
  return new Set(runs.map(({ info }) => info.run_name))
}
