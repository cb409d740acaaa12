import type { IdentityDirectory } from '../../context/identity-directory.ts'
import type { Database } from '../../db/database.ts'
import type { Caller } from '../../lib/caller.ts'
import type { Platform } from '../../lib/tenant.ts'
import { admitPerson, type Person } from './admit-person.ts'
import { beginSession, endSession, userOfSession } from './login-session-store.ts'

/** What people do with a browser: come from their OpenID provider, stay logged in for a while, log out. */
export interface Logins {
  /**
   * Finds or makes the user of a person whom a provider vouches for.
   *
   * @throws AppError `permission-denied`
   */
  admit(platform: Platform, person: Person): Promise<Caller>
  /** @returns the secret of a new session */
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
  return {
    async admit(platform, person) {
      const userId = await admitPerson({ db, identities, platform }, now(), person)
      const caller = await identities.findUser(platform, userId)
      if (caller === undefined) throw new Error(`The user ${userId} went away while logging in.`)
      return caller
    },
    begin: (platform, caller) =>
      db.write(platform, (tx) => beginSession(tx, platform, caller.id, now(), sessionSeconds)),
    async callerOf(platform, secret) {
      const userId = await userOfSession(db.lookup, platform, secret, now())
      return userId === undefined ? undefined : identities.findUser(platform, userId)
    },
    end: (platform, secret) => db.write(platform, (tx) => endSession(tx, platform, secret)),
  }
}
