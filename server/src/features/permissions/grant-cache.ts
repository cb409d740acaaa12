import type { Reader } from '../../db/database.ts'
import { grantKind } from '../../db/tables/permission-tables.ts'
import type { Caller } from '../../lib/caller.ts'
import { ShortMemory } from '../../lib/short-memory.ts'
import type { Platform } from '../../lib/tenant.ts'
import { granteesOf } from './caller-rights.ts'
import { wideGrantsOf } from './grant-store.ts'
import type { PermissionSet } from './permission-rules.ts'

/** What a caller was given on a platform, but for its models. */
export interface Rights {
  readonly mayCreateWorkspaces: boolean
  /** By number of the workspace. */
  readonly workspaces: ReadonlyMap<number, PermissionSet>
}

/**
 * Remembers what callers may do, so that a logged metric costs no query. A refusal is never taken from memory, so a new
 * grant works at once; a revoked one ends at once in the process that revoked it, and within `maxAgeMs` in others.
 */
export interface GrantCache {
  /** What is remembered; undefined when that is too old or nothing. */
  known(platform: Platform, caller: Caller): Rights | undefined
  /** Reads anew and remembers. */
  load(platform: Platform, caller: Caller): Promise<Rights>
  /** To be called after a commit that takes rights away. */
  forget(): void
}

export interface GrantCacheOptions {
  /** Default 2,000. */
  readonly maxAgeMs?: number
  /** Callers remembered. Default 10,000. */
  readonly capacity?: number
  /** Milliseconds of a clock that never goes back. */
  readonly clock?: () => number
}

export function createGrantCache(db: Reader, options: GrantCacheOptions = {}): GrantCache {
  const { maxAgeMs = 2000, capacity = 10_000, clock = () => performance.now() } = options
  const entries = new ShortMemory<Rights>(maxAgeMs, capacity)
  let generation = 0
  return {
    known(platform, caller) {
      return entries.get(keyOf(platform, caller), clock())
    },
    async load(platform, caller) {
      const startedIn = generation
      const now = clock()
      const rights = rightsFrom(await wideGrantsOf(db, platform, granteesOf(caller)))
      // What was read before a change may be stale already.
      if (startedIn === generation) entries.set(keyOf(platform, caller), rights, now)
      return rights
    },
    forget() {
      generation++
      entries.clear()
    },
  }
}

function keyOf(platform: Platform, { id, groups }: Caller): string {
  return groups.length === 0 ? `${platform} ${id}` : `${platform} ${id} ${groups.join(' ')}`
}

function rightsFrom(rows: Awaited<ReturnType<typeof wideGrantsOf>>): Rights {
  const workspaces = new Map<number, PermissionSet>()
  let mayCreateWorkspaces = false
  for (const { kind, object, permissions } of rows) {
    if (kind === grantKind.platform) mayCreateWorkspaces = true
    else workspaces.set(Number(object), (workspaces.get(Number(object)) ?? 0) | permissions)
  }
  return { mayCreateWorkspaces, workspaces }
}
