import type { IdentityDirectory } from '../../context/identity-directory.ts'
import type { Database } from '../../db/database.ts'
import type { Caller } from '../../lib/caller.ts'
import type { Platform } from '../../lib/tenant.ts'
import { insertAuditEntries } from '../audit/audit-store.ts'
import { admitPerson, type Person } from './admit-person.ts'
import { loginEntry } from './login-entry.ts'
import { beginSession, endSession, userOfSession } from './login-session-store.ts'

/** What people do with a browser: come from their OpenID provider, stay logged in for a while, log out. */
export interface Logins {
  /**
   * Finds or makes the user of a person whom a provider vouches for.
   *
   * @throws AppError `permission-denied`
   */
  admit(platform: Platform, person: Person): Promise<Caller>
  /** @returns the secret of a new session; it is in the audit log, as is its end */
  begin(platform: Platform, caller: Caller): Promise<string>
  /** Whose session it is; undefined when it has ended or its user is disabled. */
  callerOf(platform: Platform, secret: string): Promise<Caller | undefined>
  end(platform: Platform, secret: string): Promise<void>
}

export interface LoginsOptions {
  readonly db: Database
  readonly identities: IdentityDirectory
  /** Epoch milliseconds. */
  readonly now: () => number
  /** How long a session lasts. */
  readonly sessionSeconds: number
}

export function createLogins({ db, identities, now, sessionSeconds }: LoginsOptions): Logins {
  const callerOf = async (platform: Platform, secret: string): Promise<Caller | undefined> => {
    const userId = await userOfSession(db.lookup, platform, secret, now())
    return userId === undefined ? undefined : identities.findUser(platform, userId)
  }
  return {
    async admit(platform, person) {
      const userId = await admitPerson({ db, identities, platform }, now(), person)
      const caller = await identities.findUser(platform, userId)
      if (caller === undefined) throw new Error(`The user ${userId} went away while logging in.`)
      return caller
    },
    begin: (platform, caller) =>
      db.write(platform, async (tx) => {
        await insertAuditEntries(tx, platform, [loginEntry(platform, 'logIn', caller, now())], now())
        return beginSession(tx, platform, caller.id, now(), sessionSeconds)
      }),
    callerOf,
    async end(platform, secret) {
      const caller = await callerOf(platform, secret)
      await db.write(platform, async (tx) => {
        if (caller !== undefined)
          await insertAuditEntries(tx, platform, [loginEntry(platform, 'logOut', caller, now())], now())
        await endSession(tx, platform, secret)
      })
    },
  }
}
