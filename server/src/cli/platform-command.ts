import { readServerConfig } from '../config/server-config.ts'
import { SettingError } from '../config/setting-error.ts'
import { openBeside } from '../db/open-beside.ts'
import { insertAuditEntries } from '../features/audit/audit-store.ts'
import { createPlatform } from '../features/platforms/platform-service.ts'
import { listPlatformRows } from '../features/platforms/platform-store.ts'
import { platformOf } from '../lib/tenant.ts'
import { commandEntry, commandLine } from './command-entry.ts'

/**
 * `runstead platform create --name NAME [--id OCID]` and `runstead platform list`, each with the settings of
 * `runstead server` that say where the database is. A server may be running on it.
 *
 * @throws SettingError, AppError and the like, with a message for the person at the terminal
 */
export async function runPlatformCommand(
  [action, ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<void> {
  if (action !== 'create' && action !== 'list') {
    throw new SettingError('Say runstead platform create --name NAME [--id OCID], or runstead platform list.')
  }
  const { own, others } = splitFlags(args, action === 'create' ? ['name', 'id'] : [])
  const { database } = readServerConfig(others, environment)
  const name = own.get('name')
  if (action === 'create' && name === undefined) throw new SettingError('--name is missing.')
  await using db = await openBeside(database.engine === 'sqlite' ? database.file : database.url)
  if (name !== undefined) {
    const now = Date.now()
    const { id } = await createPlatform(db, commandLine, { name, id: own.get('id') }, now, (tx, row) => {
      const platform = platformOf(row.platform)
      const entry = commandEntry(platform, { name: 'runstead platform create', target: `platform:${row.id}` }, now)
      return insertAuditEntries(tx, platform, [entry], now)
    })
    print(id)
    return
  }
  const order = { by: 'created', descending: false } as const
  const rows = await listPlatformRows(db.read, { order, after: undefined, limit: 10_000 })
  for (const platform of rows) print(`${platform.id}\t${platform.name}`)
}

/** Takes the flags of the command itself out of the settings. */
function splitFlags(args: readonly string[], names: readonly string[]) {
  const own = new Map<string, string>()
  const others: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    const equals = arg.indexOf('=')
    const flag = equals === -1 ? arg : arg.slice(0, equals)
    if (!names.some((name) => flag === `--${name}`)) {
      others.push(arg)
      continue
    }
    const value = equals === -1 ? args[++index] : arg.slice(equals + 1)
    if (value === undefined) throw new SettingError(`${flag} needs a value.`)
    own.set(flag.slice(2), value)
  }
  return { own, others }
}
