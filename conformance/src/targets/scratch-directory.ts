import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of its own below the system's temporary one, removed with everything in it at the end of its scope. */
export interface ScratchDirectory extends AsyncDisposable {
  readonly path: string
}

/** Makes a scratch directory whose name begins with `runstead-<purpose>-`. */
export async function scratchDirectory(purpose: string): Promise<ScratchDirectory> {
  const path = await mkdtemp(join(tmpdir(), `runstead-${purpose}-`))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  }
}
