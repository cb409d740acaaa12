import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { inject } from 'vitest'
import type { Database, Engine } from '../db/database.ts'
import type { DatabaseOptions, RecordedStatement } from '../db/database-options.ts'
import { openDatabase } from '../db/open-database.ts'
import { AppError } from '../errors/app-error.ts'
import { brokenRules } from './statement-rules.ts'
import { everyOtherConflicts, strictPostgres } from './strict-postgres.ts'
import { templateDatabase } from './test-postgres.ts'

const all: readonly Engine[] = ['sqlite', 'postgres']

/**
 * The engines that every store and endpoint test runs on: `describe.each(databases)('… on %s', (engine) => …)`.
 * `RUNSTEAD_TEST_DATABASES=sqlite` narrows it for a quick look.
 */
export const databases: readonly Engine[] = enginesToTest(process.env['RUNSTEAD_TEST_DATABASES'])

/** Where an empty database for one test is, until disposed. */
export interface TestDatabaseUrl extends AsyncDisposable {
  readonly url: string
}

/**
 * Opens a fresh database with the schema, the default workspace (tenant 1) and its experiment 0 in it. It is closed and
 * removed on disposal: `await using database = await openTestDatabase(engine)`.
 *
 * On disposal every statement that was run is checked against the rules that keep the schema distributable by tenant, and
 * a breach makes the test fail.
 */
export async function openTestDatabase(engine: Engine, options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const place = await makeTestDatabase(engine)
  const statements: RecordedStatement[] = []
  const fail = engine === 'postgres' && strictPostgres ? everyOtherConflicts() : undefined
  const onStatement = (statement: RecordedStatement) => {
    statements.push(statement)
    options.onStatement?.(statement)
    fail?.(statement)
  }
  const database = await openDatabase({ migrate: engine === 'sqlite', ...options, onStatement, url: place.url })
  let closed: Promise<void> | undefined
  const close = async () => {
    await using _place = place
    let broken: string[]
    {
      await using _database = database
      broken = await brokenRules(database, statements.splice(0)).catch(ignoreUnavailable)
    }
    if (broken.length > 0) throw new Error(`Statements break rules of the schema:\n${broken.join('\n')}`)
  }
  return {
    engine,
    lookup: database.lookup,
    read: database.read,
    write: (tenant, work) => database.write(tenant, work),
    writeGroup: (tenant, batchId, records) => database.writeGroup(tenant, batchId, records),
    [Symbol.asyncDispose]: () => {
      closed ??= close()
      return closed
    },
  }
}

/** A test may have left its database out of reach; then there are no plans to ask for. */
function ignoreUnavailable(error: unknown): string[] {
  if (error instanceof AppError && error.code === 'unavailable') return []
  throw error
}

/**
 * Makes the place for a database: a file that does not exist yet, or on PostgreSQL a database.
 *
 * @param content PostgreSQL: whether it has the schema in it or nothing
 */
export async function makeTestDatabase(
  engine: Engine,
  content: 'migrated' | 'empty' = 'migrated',
): Promise<TestDatabaseUrl> {
  return engine === 'sqlite'
    ? makeSqliteFile()
    : makePostgresDatabase(content === 'empty' ? 'template1' : templateDatabase)
}

async function makeSqliteFile(): Promise<TestDatabaseUrl> {
  const directory = await mkdtemp(join(tmpdir(), 'runstead-sqlite-'))
  return {
    url: join(directory, 'runstead.db'),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

async function makePostgresDatabase(template: string): Promise<TestDatabaseUrl> {
  const server = await postgresServer()
  const name = `test_${randomBytes(8).toString('hex')}`
  await server.query(`create database ${name} template ${template}`)
  if (strictPostgres) await server.query(`alter database ${name} set default_transaction_isolation = serializable`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      await server.query(`drop database ${name} with (force)`)
    },
  }
}

interface PostgresServer {
  readonly url: string
  query(sql: string): Promise<unknown>
}

let server: Promise<PostgresServer> | undefined

/** The PostgreSQL of this test run; the first who asks starts it. */
function postgresServer(): Promise<PostgresServer> {
  server ??= connectToServer()
  return server
}

async function connectToServer(): Promise<PostgresServer> {
  const answer: unknown = JSON.parse(await text(createConnection(inject('postgresOnDemand'))))
  const { url, error } = answer as { url?: string; error?: string }
  if (url === undefined) throw new Error(error)
  const pool = new pg.Pool({ connectionString: url, max: 4, allowExitOnIdle: true })
  pool.on('error', () => undefined)
  return { url, query: (sql) => pool.query(sql) }
}

function enginesToTest(chosen: string | undefined): readonly Engine[] {
  if (!chosen) return all
  const names = chosen.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !all.some((engine) => engine === name))
  if (unknown.length > 0) throw new Error(`RUNSTEAD_TEST_DATABASES names unknown engines: ${unknown.join(', ')}.`)
  return all.filter((engine) => names.includes(engine))
}
