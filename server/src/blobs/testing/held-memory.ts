import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes of buffers that something still refers to. */
export function heldBufferBytes(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

/** Watches the buffers in use while something runs: call `look` now and then, it measures every `every` bytes passed. */
export function memoryWatch(every: number): { look(passedBytes: number): void; readonly most: number } {
  const before = heldBufferBytes()
  let most = 0
  let next = 0
  return {
    look(passedBytes) {
      if (passedBytes < next) return
      next = passedBytes + every
      most = Math.max(most, heldBufferBytes() - before)
    },
    get most() {
      return most
    },
  }
}
