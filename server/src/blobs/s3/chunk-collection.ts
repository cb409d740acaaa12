import { collectGarbage } from '../../lib/garbage-collection.ts'

/** Bytes of chunks that may gather. */
const most = 8 * 1024 * 1024
/** What outlives its youth, and what the start of the server has left, is collected once a gibibyte. */
const minorPerMajor = 128

let gathered = 0
let collections = 0

/**
 * Tells that chunks of a stream have been passed on. V8 sees only their small wrappers and would let 64 MiB and more of the
 * bytes behind them gather; so the young generation is collected after every 8 MiB, which takes ten
 * milliseconds of processor time.
 */
export function chunksPassed(bytes: number): void {
  gathered += bytes
  if (gathered < most) return
  gathered = 0
  collectGarbage({ type: collections++ % minorPerMajor === 0 ? 'major' : 'minor' })
}
