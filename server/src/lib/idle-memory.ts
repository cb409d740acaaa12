import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { collectGarbage } from './garbage-collection.ts'

/** A thread that works less than this share of the time is idle: health checks, and a page that looks again and again, are no work. */
const idleShare = 0.02

/** Looks in a row that must find the thread idle. */
const idleLooks = 6

/** Bytes that the heap must have grown by since the last time. */
const worthwhile = 8 * 1024 * 1024

/**
 * Gives the memory of this thread's heap back to the system whenever the thread has been idle for a minute and the heap has
 * grown before that, also by the start. V8 by itself keeps what it once needed. It takes about a millisecond for each megabyte
 * that is in use, and the first seconds of work afterwards are a fifth slower.
 *
 * @param lookEvery milliseconds from one look to the next, of which a minute has six
 */
export function giveMemoryBackWhenIdle(lookEvery = 10_000): void {
  let before = performance.eventLoopUtilization()
  let idle = 0
  let least = 0
  const look = (): void => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    idle = utilization > idleShare ? 0 : idle + 1
    if (idle < idleLooks || heapBytes() < least + worthwhile) return
    collectGarbage({ type: 'major', flavor: 'last-resort' })
    least = heapBytes()
  }
  setInterval(look, lookEvery).unref()
}

function heapBytes(): number {
  return getHeapStatistics().total_heap_size
}
