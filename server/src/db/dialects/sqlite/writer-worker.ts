import { parentPort, workerData } from 'node:worker_threads'
import { applyGroup } from '../../../ingest/sqlite/apply-group.ts'
import type { SyncConnection } from '../../sync-connection.ts'
import { packResults, unpackRecords } from './packed-group.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import type { StatementAnswer } from './sqlite-values.ts'
import {
  type GroupResult,
  plainError,
  type StatementText,
  type WorkerSettings,
  type WriteReplies,
  type WriteReply,
  type WriteRequest,
} from './worker-messages.ts'

/** Answers that are ready are not held back longer than this for later ones of the same message. Milliseconds. */
const holdBack = 1

const { file, record } = workerData as WorkerSettings
const connection = new SqliteConnection(file, 'writer')
const port = parentPort!
let recorded: StatementText[] = []
// One object for the life of the thread: ingest keeps with it what it has learnt on it.
const groupConnection = record ? recording() : connection

port.on('message', (requests: readonly WriteRequest[]) => {
  let replies: WriteReply[] = []
  let since = performance.now()
  for (const request of requests) {
    replies.push(reply(request))
    const last = request === requests.at(-1)
    if (!last && performance.now() - since < holdBack) continue
    port.postMessage({ replies, last } satisfies WriteReplies)
    replies = []
    since = performance.now()
    if (request.kind === 'close') port.close()
  }
})

function reply(request: WriteRequest): WriteReply {
  const { id } = request
  try {
    return { id, outcome: { value: handle(request) } }
  } catch (error) {
    return { id, outcome: { error: plainError(error) } }
  }
}

function handle(request: WriteRequest): StatementAnswer | GroupResult | boolean | null {
  switch (request.kind) {
    case 'statement':
      if (request.first) openSavepoint()
      // Sent before it was known that the one before it ended the transaction: alone it would commit at once.
      else if (!connection.inTransaction) throw new Error('The transaction has been ended by an error.')
      return connection.query(request.statement.sql, request.statement.parameters)
    case 'commit':
      commit()
      return null
    case 'rollback':
      if (connection.inTransaction) connection.run('rollback to work', [])
      return connection.inTransaction
    case 'group':
      return group(request)
    case 'close':
      rollback()
      connection[Symbol.dispose]()
      return null
  }
}

/** What others have written before in the same transaction is not undone with what follows. */
function openSavepoint(): void {
  connection.run(connection.inTransaction ? 'release work' : 'begin immediate', [])
  connection.run('savepoint work', [])
}

function group({ tenant, batchId, records, now }: Extract<WriteRequest, { kind: 'group' }>): GroupResult {
  recorded = []
  connection.run('begin immediate', [])
  try {
    const results = applyGroup(groupConnection, tenant, batchId, unpackRecords(records), now)
    commit()
    return { results: packResults(results), recorded }
  } catch (error) {
    rollback()
    throw error
  }
}

function commit(): void {
  try {
    connection.run('commit', [])
  } catch (error) {
    rollback()
    throw error
  }
}

function rollback(): void {
  if (connection.inTransaction) connection.run('rollback', [])
}

function recording(): SyncConnection {
  const note = (sql: string, parameters: StatementText['parameters']) => void recorded.push({ sql, parameters })
  return {
    all(sql, params) {
      note(sql, params)
      return connection.all(sql, params)
    },
    get(sql, params) {
      note(sql, params)
      return connection.get(sql, params)
    },
    run(sql, params) {
      note(sql, params)
      connection.run(sql, params)
    },
    exec(sql) {
      note(sql, [])
      connection.exec(sql)
    },
  }
}
