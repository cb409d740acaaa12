import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export interface Collection {
  /** The young generation alone, or everything. */
  readonly type: 'minor' | 'major'
  /** `last-resort` also moves together what is left and gives the memory between back to the system. */
  readonly flavor?: 'last-resort'
}

type Collect = (collection: Collection) => void

let collect: Collect | undefined

/** Collects the garbage of this thread, now. */
export function collectGarbage(collection: Collection): void {
  collect ??= exposedCollection()
  collect(collection)
}

/**
 * V8 has it only for those who start it with a flag, or set that later. The flag belongs to the process, not to the thread:
 * whoever cleared it again would take it from the thread that has just set it and looks for the function.
 */
function exposedCollection(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}
