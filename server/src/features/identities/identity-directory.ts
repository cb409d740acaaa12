import type { IdentityDirectory, KnownKey, KnownToken } from '../../context/identity-directory.ts'
import type { Database } from '../../db/database.ts'
import type { Platform } from '../../lib/tenant.ts'
import { findKnownKey, findKnownToken, findUserAsCaller } from './credential-store.ts'
import { anyUserExists, identityRevision } from './identity-state-store.ts'
import { UseLog } from './use-log.ts'

/** Milliseconds after which changes by other processes are asked for. */
const freshFor = 1000
const mostRemembered = 20_000

export interface DirectoryOptions {
  readonly onError: (error: unknown) => void
  /** Milliseconds between writes of when credentials were last used. Default one minute. */
  readonly writeUsesEvery?: number
}

interface PlatformMemory {
  /** Revision of the identities that the maps were filled under. */
  revision: unknown
  /** By the monotonic clock. */
  checkedAt: number
  checking: Promise<void> | undefined
  /** Raised by every `changed`, so that what was read before it is not remembered after it. */
  generation: number
  readonly tokens: Map<string, KnownToken>
  readonly keys: Map<string, KnownKey>
}

/** The identities in the database, with what was asked for lately in memory. Disposing writes the last uses. */
export function createIdentityDirectory(db: Database, options: DirectoryOptions): IdentityDirectory & AsyncDisposable {
  const platforms = new Map<Platform, PlatformMemory>()
  const uses = new UseLog(db, options.onError, options.writeUsesEvery)
  let configured = false

  return {
    get configured() {
      return configured
    },
    refreshed(platform) {
      const memory = memoryOf(platform)
      if (performance.now() - memory.checkedAt < freshFor) return undefined
      memory.checking ??= check(platform, memory).finally(() => {
        memory.checking = undefined
      })
      return memory.checking
    },
    changed(platform) {
      const memory = memoryOf(platform)
      memory.generation++
      memory.checkedAt = Number.NEGATIVE_INFINITY
      // A check that is under way may have read what was there before.
      memory.checking = undefined
      forget(memory)
    },
    recallToken: (platform, digest) => memoryOf(platform).tokens.get(digest),
    findToken(platform, digest) {
      const memory = memoryOf(platform)
      return remembering(memory, memory.tokens, digest, () => findKnownToken(db.lookup, platform, digest))
    },
    recallKey: (platform, keyId) => memoryOf(platform).keys.get(keyId),
    findKey(platform, keyId) {
      const memory = memoryOf(platform)
      return remembering(memory, memory.keys, keyId, () => findKnownKey(db.lookup, platform, keyId))
    },
    findUser: (platform, userId) => findUserAsCaller(db.lookup, platform, userId),
    tokenUsed: (platform, tokenId, now) => uses.token(platform, tokenId, now),
    keyUsed: (platform, keyId, now) => uses.key(platform, keyId, now),
    [Symbol.asyncDispose]: () => uses[Symbol.asyncDispose](),
  }

  function memoryOf(platform: Platform): PlatformMemory {
    let memory = platforms.get(platform)
    if (memory === undefined) {
      memory = {
        revision: undefined,
        checkedAt: Number.NEGATIVE_INFINITY,
        checking: undefined,
        generation: 0,
        tokens: new Map(),
        keys: new Map(),
      }
      platforms.set(platform, memory)
    }
    return memory
  }

  async function check(platform: Platform, memory: PlatformMemory): Promise<void> {
    const startedAt = performance.now()
    const { generation } = memory
    const [revision, any] = await Promise.all([
      identityRevision(db.lookup, platform),
      // Once there are identities there always are: the last administrator cannot be deleted.
      configured || anyUserExists(db.lookup),
    ])
    configured ||= any
    if (memory.generation !== generation) return
    if (revision !== memory.revision) forget(memory)
    memory.revision = revision
    memory.checkedAt = startedAt
  }
}

function forget(memory: PlatformMemory): void {
  memory.tokens.clear()
  memory.keys.clear()
}

async function remembering<T>(
  memory: PlatformMemory,
  map: Map<string, T>,
  id: string,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const { generation, revision } = memory
  const found = await find()
  if (found !== undefined && memory.generation === generation && memory.revision === revision) {
    map.set(id, found)
    if (map.size > mostRemembered) map.delete(map.keys().next().value!)
  }
  return found
}
