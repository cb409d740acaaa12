import type { DatabaseSync } from 'node:sqlite'

/** One write: `apply` runs inside the shared transaction, `settled` after its commit. */
export interface Write {
  readonly apply: () => void
  readonly settled: () => void
}

/**
 * Gathers the writes of one turn of the event loop and commits them together: one fsync for all requests that were
 * readable at that moment. Returns the function that takes a write.
 */
export function groupCommit(db: DatabaseSync): (write: Write) => void {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  let waiting: Write[] = []

  function flush(): void {
    const group = waiting
    waiting = []
    begin.run()
    for (const { apply } of group) apply()
    commit.run()
    for (const { settled } of group) settled()
  }

  return (write) => {
    if (waiting.push(write) === 1) setImmediate(flush)
  }
}
