import { flushCompileCache } from 'node:module'
import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes (of both halves) at which it does not grow any more; of its own accord it grows to 128 MiB. */
const bound = 64 * 1024 * 1024

/**
 * Keeps the young generation of the heap as small as it is until the result is disposed of, and bounded from then on. Most of
 * what a start makes lives on, for which V8 would double the young generation again and again, and a server that is idle
 * afterwards would keep it.
 */
export function keepYoungGenerationSmall(): Disposable {
  growBy(1)
  return {
    [Symbol.dispose]() {
      // Compiled code counts as fresh only for a start with the same flags.
      flushCompileCache()
      growWithinBound()
    },
  }
}

function growWithinBound(): void {
  let grows = true
  growBy(2)
  // It also shrinks, when there is little to do.
  const collections = new PerformanceObserver(() => {
    const mayGrow = youngGeneration() < bound
    if (mayGrow !== grows) growBy(mayGrow ? 2 : 1)
    grows = mayGrow
  })
  collections.observe({ entryTypes: ['gc'] })
}

/** V8 multiplies the size of the young generation by this when much in it lives on. */
function growBy(factor: 1 | 2): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`)
}

/** Bytes. */
function youngGeneration(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
}
