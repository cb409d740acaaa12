import { parentPort, workerData } from 'node:worker_threads'
import { applyGroup } from '../../../ingest/sqlite/apply-group.ts'
import { giveMemoryBackWhenIdle } from '../../../lib/idle-memory.ts'
import { DriverError } from '../../driver-error.ts'
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

const settings = workerData as WorkerSettings
const connection = new SqliteConnection(settings.file, 'writer')
const port = parentPort!
giveMemoryBackWhenIdle()
let recorded: StatementText[] = []
// One object for the life of the thread: ingest keeps with it what it has learnt on it.
const groupConnection = settings.record ? recording() : connection

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

function handle(request: WriteRequest): StatementAnswer | GroupResult | null {
  switch (request.kind) {
    case 'statement':
      return statement(request)
    case 'commit':
      commitShared()
      return null
    case 'rollback':
      undo()
      return null
    case 'group':
      return group(request)
    case 'close':
      rollback()
      connection[Symbol.dispose]()
      return null
  }
}

/** The error that has ended the transaction around the savepoints, until its commit. */
let lost: { readonly error: unknown } | undefined = settings.lost
  ? { error: new DriverError('unknown', new Error('The thread that had the transaction has died.')) }
  : undefined
/** Whether the transaction that was begun last is undone, or could not be begun: its later statements must not follow others. */
let undone = true

function statement(request: Extract<WriteRequest, { kind: 'statement' }>): StatementAnswer {
  if (lost !== undefined) throw lost.error
  if (request.begins) openSavepoint()
  else if (undone) throw new Error('The transaction has been undone.')
  try {
    const answer = connection.query(request.statement.sql, request.statement.parameters)
    if (request.atOnce && answer.columns.length > 0 && answer.rows.length === 0) undo()
    // A statement may end it without an error.
    if (!connection.inTransaction) throw new Error('The transaction has been ended by a statement.')
    return answer
  } catch (error) {
    if (!connection.inTransaction) lost ??= { error }
    else if (request.atOnce) undo()
    throw error
  }
}

/** What others have written before in the same transaction is not undone with what follows. */
function openSavepoint(): void {
  undone = true
  connection.run(connection.inTransaction ? 'release work' : 'begin immediate', [])
  connection.run('savepoint work', [])
  undone = false
}

function undo(): void {
  if (undone) return
  undone = true
  if (!connection.inTransaction) return
  try {
    connection.run('rollback to work', [])
  } catch (error) {
    lost = { error }
    rollback()
  }
}

function commitShared(): void {
  const ended = lost
  lost = undefined
  if (ended !== undefined) throw ended.error
  // Nothing is open where no transaction could be begun.
  if (connection.inTransaction) commit()
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
