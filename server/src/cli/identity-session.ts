import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ServerConfig } from '../config/server-config.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Database, Tx } from '../db/database.ts'
import { openBeside } from '../db/open-beside.ts'
import { insertAuditEntries } from '../features/audit/audit-store.ts'
import { changeIdentities } from '../features/identities/identity-change.ts'
import { findPlatform } from '../features/identities/platform-store.ts'
import type { Platform } from '../lib/tenant.ts'
import { commandEntry } from './command-entry.ts'

/** What the commands about identities work with: the configured database, also while a server uses it. */
export interface IdentitySession extends AsyncDisposable {
  readonly db: Database
  readonly platform: Platform
  readonly now: number
  /** One transaction; running servers notice within a second. */
  change<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A line of the answer. */
  print(line: string): void
  /** A line for the person, which scripts that read the answer do not see. */
  note(line: string): void
}

/** Where lines go. */
export interface Terminal {
  print(line: string): void
  note(line: string): void
}

/**
 * @param command what the audit log says of a change, such as `runstead user delete` and the user's name
 * @throws SettingError when there is no such database or platform
 */
export async function openIdentitySession(
  { database }: ServerConfig,
  platformId: string,
  makesDatabase: boolean,
  terminal: Terminal,
  command: { readonly name: string; readonly target: string },
): Promise<IdentitySession> {
  if (database.engine === 'sqlite') {
    if (!makesDatabase && !existsSync(database.file)) {
      throw new SettingError(`There is no database at ${database.file}. Is --data-dir or --database right?`)
    }
    await mkdir(dirname(database.file), { recursive: true })
  }
  const db = await openBeside(database.engine === 'sqlite' ? database.file : database.url)
  try {
    const platform = await findPlatform(db.lookup, platformId)
    if (platform === undefined) throw new SettingError(`There is no platform '${platformId}'.`)
    // This process remembers nothing, so there is nothing to forget.
    const identities = { changed: () => undefined }
    const now = Date.now()
    const entry = commandEntry(platform, command, now)
    return {
      db,
      platform,
      now,
      change: (work) =>
        changeIdentities({ db, platform, identities }, async (tx) => {
          const result = await work(tx)
          await insertAuditEntries(tx, platform, [entry], now)
          return result
        }),
      ...terminal,
      [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
    }
  } catch (error) {
    await db[Symbol.asyncDispose]()
    throw error
  }
}
