import { parentPort, workerData } from 'node:worker_threads'
import { giveMemoryBackWhenIdle } from '../../../lib/idle-memory.ts'
import { type PackedRows, packRows } from './packed-rows.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { type Outcome, plainError, type ReadReply, type ReadRequest, type WorkerSettings } from './worker-messages.ts'

/** Answers that are ready are not held back longer than this for slower ones of the same message. Milliseconds. */
const holdBack = 3

const { file } = workerData as WorkerSettings
const connection = new SqliteConnection(file, 'reader')
const port = parentPort!
giveMemoryBackWhenIdle()

port.on('message', (request: ReadRequest | 'close') => {
  if (request === 'close') {
    connection[Symbol.dispose]()
    port.close()
    return
  }
  answer(request)
})

function answer({ id, statements }: ReadRequest): void {
  let first = 0
  let outcomes: Outcome<PackedRows>[] = []
  let since = performance.now()
  for (const { sql, parameters } of statements) {
    outcomes.push(outcomeOf(sql, parameters))
    if (performance.now() - since > holdBack) {
      port.postMessage({ id, first, outcomes } satisfies ReadReply)
      first += outcomes.length
      outcomes = []
      since = performance.now()
    }
  }
  if (outcomes.length > 0) port.postMessage({ id, first, outcomes } satisfies ReadReply)
}

function outcomeOf(sql: string, parameters: readonly unknown[]): Outcome<PackedRows> {
  try {
    const { columns, rows } = connection.query(sql, parameters)
    return { value: packRows(columns, rows) }
  } catch (error) {
    return { error: plainError(error) }
  }
}
