/** One write, and whether its acknowledgement has arrived. */
export interface Entry {
  readonly number: number
  acknowledged: boolean
}

/** What the writers of one round have sent: the measure of what must be there after the restart. */
export interface Ledger {
  /** Run into which all writers of the round write. */
  readonly run: string
  /** Metric key -> values logged one a call; the value and the step of entry n are n. */
  readonly metrics: Map<string, Entry[]>
  /** Prefix of keys -> batches; see `batchOf` for what a batch holds. */
  readonly batches: Map<string, Entry[]>
  /** Prefix of param keys -> params `<prefix>.<n>` with the value n. */
  readonly params: Map<string, Entry[]>
  /** Tag key -> values set one after another. */
  readonly tags: Map<string, Entry[]>
  /** Prefix of names -> runs `<prefix>.<n>`. */
  readonly runs: Map<string, Entry[]>
}

/** Metric keys and steps a batch writes; every key gets every step. */
export const batchKeys = 5
export const batchSteps = 10

/** An empty ledger of the round that writes into `run`. */
export function newLedger(run: string): Ledger {
  return { run, metrics: new Map(), batches: new Map(), params: new Map(), tags: new Map(), runs: new Map() }
}

/** Body of a batch: 50 points of five keys, two params and a tag, all of them named after the batch. */
export function batchOf(run: string, prefix: string, number: number): object {
  const metrics = Array.from({ length: batchKeys * batchSteps }, (_, point) => {
    const step = number * batchSteps + Math.floor(point / batchKeys)
    return { key: `${prefix}/k${point % batchKeys}`, value: step, timestamp: step, step }
  })
  return {
    run_id: run,
    metrics,
    params: ['a', 'b'].map((letter) => ({ key: `${prefix}.${number}${letter}`, value: String(number) })),
    tags: [{ key: `${prefix}.${number}`, value: String(number) }],
  }
}
