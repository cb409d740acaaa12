import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from './api-client.ts'
import { batchOf, type Entry, type Ledger } from './ledger.ts'

/** Tells a writer when to stop. */
export interface Load {
  stopped: boolean
}

/**
 * Runs all writers at once until the server dies under them or the load is stopped. Each has one call under way.
 * @throws Error when the server answers anything but success or 429
 */
export async function writeUntilStopped(api: ApiClient, experiment: string, ledger: Ledger, load: Load): Promise<void> {
  const { run } = ledger
  const writers: Promise<void>[] = []
  const start = (
    book: Map<string, Entry[]>,
    key: string,
    operation: string,
    bodyOf: (number: number) => object,
  ): void => {
    const entries: Entry[] = []
    book.set(key, entries)
    writers.push(write(api, load, entries, operation, bodyOf))
  }
  for (const writer of [0, 1, 2, 3]) {
    const key = `single/${writer}`
    start(ledger.metrics, key, 'runs/log-metric', (n) => ({ run_id: run, key, value: n, timestamp: n, step: n }))
  }
  for (const writer of [0, 1, 2]) {
    const prefix = `batch${writer}`
    start(ledger.batches, prefix, 'runs/log-batch', (n) => batchOf(run, prefix, n))
  }
  for (const writer of [0, 1]) {
    const prefix = `param${writer}`
    start(ledger.params, prefix, 'runs/log-parameter', (n) => ({
      run_id: run,
      key: `${prefix}.${n}`,
      value: String(n),
    }))
    const name = `made${writer}`
    start(ledger.runs, name, 'runs/create', (n) => ({
      experiment_id: experiment,
      run_name: `${name}.${n}`,
      start_time: n,
      tags: [{ key: 'parent', value: run }],
    }))
  }
  start(ledger.tags, 'tag', 'runs/set-tag', (n) => ({ run_id: run, key: 'tag', value: String(n) }))
  await Promise.all(writers)
}

async function write(
  api: ApiClient,
  load: Load,
  entries: Entry[],
  operation: string,
  bodyOf: (number: number) => object,
): Promise<void> {
  for (let number = 0; !load.stopped; number += 1) {
    const entry: Entry = { number, acknowledged: false }
    entries.push(entry)
    entry.acknowledged = await acknowledged(api, load, operation, bodyOf(number))
    if (!entry.acknowledged) return
  }
}

/** Sends one write, again after a 429; false when the connection broke, so that its outcome is unknown. */
async function acknowledged(api: ApiClient, load: Load, operation: string, body: object): Promise<boolean> {
  while (!load.stopped) {
    const answer = await api.post(operation, body).catch((cause: unknown) => {
      if (cause instanceof TypeError || cause instanceof SyntaxError) return undefined
      throw cause
    })
    if (answer === undefined) return false
    if (answer.status === 200) return true
    if (answer.status !== 429) throw new Error(`${operation}: ${answer.status} ${JSON.stringify(answer.body)}`)
    await sleep(20)
  }
  return false
}
