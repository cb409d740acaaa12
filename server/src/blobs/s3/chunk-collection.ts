import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes of chunks that may gather. */
const most = 8 * 1024 * 1024

type Collect = (options: { readonly type: 'minor' }) => void

let collect: Collect | undefined
let gathered = 0

/**
 * Tells that chunks of a stream have been passed on. V8 sees only their small wrappers and would let 64 MiB and more of the
 * bytes behind them gather; so the young generation is collected after every 8 MiB, which takes a millisecond.
 */
export function chunksPassed(bytes: number): void {
  gathered += bytes
  if (gathered < most) return
  gathered = 0
  collect ??= exposedCollection()
  collect({ type: 'minor' })
}

function exposedCollection(): Collect {
  setFlagsFromString('--expose-gc')
  const exposed = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  return exposed
}
