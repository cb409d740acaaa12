import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pino } from 'pino'
import { readServerConfig } from '../config/server-config.ts'
import { SettingError } from '../config/setting-error.ts'
import { lockDataDirectory } from '../db/data-directory-lock.ts'
import { openDatabase } from '../db/open-database.ts'
import { createPlatform } from '../features/platforms/platform-service.ts'
import { listPlatformRows } from '../features/platforms/platform-store.ts'

const commandLine = { id: 'system', name: 'command line' }

/**
 * `runstead platform create --name NAME [--id OCID]` and `runstead platform list`, each with the settings of
 * `runstead server` that say where the database is. With SQLite the server must not be running.
 *
 * @throws SettingError, AppError and the like, with a message for the person at the terminal
 */
export async function runPlatformCommand([action, ...args]: readonly string[]): Promise<void> {
  if (action !== 'create' && action !== 'list') {
    throw new SettingError('Say runstead platform create --name NAME [--id OCID], or runstead platform list.')
  }
  const { own, others } = splitFlags(args, action === 'create' ? ['name', 'id'] : [])
  const { dataDir, database } = readServerConfig(others, process.env)
  await using opened = new AsyncDisposableStack()
  if (database.engine === 'sqlite') {
    await mkdir(dirname(database.file), { recursive: true })
    await mkdir(dataDir, { recursive: true })
    opened.use(lockDataDirectory(dataDir))
  }
  const url = database.engine === 'postgres' ? database.url : database.file
  const db = opened.use(await openDatabase({ url, log: pino({ level: 'silent' }) }))
  if (action === 'create') {
    const name = own.get('name')
    if (name === undefined) throw new SettingError('--name is missing.')
    const { id } = await createPlatform(db, commandLine, { name, id: own.get('id') }, Date.now())
    process.stdout.write(`${id}\n`)
    return
  }
  const order = { by: 'created', descending: false } as const
  const rows = await listPlatformRows(db.read, { order, after: undefined, limit: 10_000 })
  for (const { id, name } of rows) process.stdout.write(`${id}\t${name}\n`)
}

/** Takes the flags of the command itself out of the settings. */
function splitFlags(args: readonly string[], names: readonly string[]) {
  const own = new Map<string, string>()
  const others: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    const [flag = '', given] = splitOnce(arg)
    if (!names.some((name) => flag === `--${name}`)) {
      others.push(arg)
      continue
    }
    const value = given ?? args[++index]
    if (value === undefined) throw new SettingError(`${flag} needs a value.`)
    own.set(flag.slice(2), value)
  }
  return { own, others }
}

function splitOnce(arg: string): [string, string | undefined] {
  const equals = arg.indexOf('=')
  return equals === -1 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)]
}
