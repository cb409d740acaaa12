import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

const growthFactor = '--semi-space-growth-factor'
/** As V8 has it. */
const usualFactor = 2

/**
 * Keeps the young generation of the heap as small as it is until the result is disposed of. Most of what a start makes lives
 * on, for which V8 would double the young generation up to 32 MB, and a server that is idle afterwards would keep them.
 */
export function keepYoungGenerationSmall(): Disposable {
  setFlagsFromString(`${growthFactor}=1`)
  return {
    [Symbol.dispose]() {
      // Compiled code counts as fresh only for a start with the same flags.
      flushCompileCache()
      setFlagsFromString(`${growthFactor}=${usualFactor}`)
    },
  }
}
