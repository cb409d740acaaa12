import type { WorkspaceDirectory, WorkspacePlace } from '../../context/workspace-directory.ts'
import type { Reader } from '../../db/database.ts'
import { workspaceNotFound } from '../../errors/errors.ts'
import { ShortMemory } from '../../lib/short-memory.ts'
import { defaultWorkspaceKey, findWorkspace, findWorkspaceNamed } from './workspace-store.ts'

export interface WorkspaceDirectoryOptions {
  /** How long a workspace is believed to exist without looking, ms. Default 1,000. */
  readonly maxAgeMs?: number
  /** Milliseconds of a clock that never goes back. */
  readonly clock?: () => number
}

/** Workspaces remembered. */
const capacity = 10_000

/** @see WorkspaceDirectory */
export function createWorkspaceDirectory(db: Reader, options: WorkspaceDirectoryOptions = {}): WorkspaceDirectory {
  const { maxAgeMs = 1000, clock = () => performance.now() } = options
  const known = new ShortMemory<WorkspacePlace>(maxAgeMs, capacity)
  let generation = 0

  const find = async (platformId: string, workspaceKey = defaultWorkspaceKey): Promise<WorkspacePlace> => {
    const id = `${platformId}\0${workspaceKey}`
    const now = clock()
    const remembered = known.get(id, now)
    if (remembered !== undefined) return remembered
    const startedIn = generation
    const place = await findWorkspace(db, platformId, workspaceKey)
    if (place === undefined) {
      known.delete(id)
      throw workspaceNotFound(workspaceKey, platformId)
    }
    // What was read before a deletion may be stale already.
    if (startedIn === generation) known.set(id, place, now)
    return place
  }

  return {
    find,
    async findNamed(platformId, keyOrName) {
      const key = await findWorkspaceNamed(db, platformId, keyOrName)
      return find(platformId, key ?? keyOrName)
    },
    forget() {
      generation++
      known.clear()
    },
  }
}
