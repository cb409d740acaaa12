/**
 * The practical limit: a bare Node HTTP server which parses the same requests, commits the same facts to SQLite with
 * the same durability and gives the same answers, with nothing around it. One process, one thread, no checks.
 *
 *     node bench/src/bare/bare-server.ts <port> <data directory>
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { listFiles, sendFile, storeFile } from './bare-files.ts'
import { bareReads, type RunRow } from './bare-reads.ts'
import { openBareStore, rows } from './bare-store.ts'
import { bareWrites } from './bare-writes.ts'
import { groupCommit } from './group-commit.ts'

const [port, dataDirectory] = process.argv.slice(2)
if (port === undefined || dataDirectory === undefined) throw new Error('usage: bare-server.ts <port> <data directory>')

const artifacts = join(dataDirectory, 'artifacts')
const store = openBareStore(join(dataDirectory, 'bare.db'))
const commit = groupCommit(store.db)
const api = '/api/2.0/mlflow/'
const files = '/api/2.0/mlflow-artifacts/artifacts/'

function sendJson(response: ServerResponse, json: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }).end(json)
}

function withBody(request: IncomingMessage, use: (body: never) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const text = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    use((text.length === 0 ? {} : JSON.parse(text.toString())) as never)
  })
}

async function serveFile(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  if (request.method === 'PUT') await storeFile(artifacts, path, request, response)
  else await sendFile(artifacts, path, response)
}

async function serveList(response: ServerResponse, query: URLSearchParams): Promise<void> {
  const run = rows<RunRow>(store.run, query.get('run_id')!)[0]!
  sendJson(response, await listFiles(artifacts, `${run.experiment}/${run.id}/artifacts`, query.get('path')!))
}

function fail(response: ServerResponse): (error: unknown) => void {
  return (error) => {
    if (response.headersSent) response.destroy()
    else response.writeHead(500).end(String(error))
  }
}

createServer((request, response) => {
  const url = request.url!
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  if (path.startsWith(files)) {
    serveFile(request, response, path.slice(files.length)).catch(fail(response))
    return
  }
  const route = path.slice(api.length)
  const write = bareWrites[route]
  if (write) {
    withBody(request, (body) => {
      const { apply, answer } = write(store, body)
      commit({ apply, settled: () => sendJson(response, answer()) })
    })
    return
  }
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1))
  const read = bareReads[route]
  if (read) withBody(request, (body) => sendJson(response, read(store, query, body)))
  else if (route === 'artifacts/list') serveList(response, query).catch(fail(response))
  else if (path === '/health') response.end('OK')
  else response.writeHead(404, { 'content-length': 0 }).end()
}).listen(Number(port), '127.0.0.1')

process.on('SIGTERM', () => process.exit())
