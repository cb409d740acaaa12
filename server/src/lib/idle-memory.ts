import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { collectGarbage } from './garbage-collection.ts'

/** A thread that works less than this share of the time is idle: health checks, and a page that looks again and again, are no work. */
const idleShare = 0.02

/** Bytes that the heap must have grown by since the last time. */
const worthwhile = 8 * 1024 * 1024

/**
 * Gives the memory of this thread's heap back to the system whenever the thread has been idle for a while and the heap has
 * grown before that, also by the start. V8 by itself keeps what it once needed. It takes about a millisecond for each megabyte
 * that is in use.
 *
 * @param lookEvery milliseconds from one look to the next
 */
export function giveMemoryBackWhenIdle(lookEvery = 5000): void {
  let before = performance.eventLoopUtilization()
  let least = 0
  const look = (): void => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (utilization > idleShare || heapBytes() < least + worthwhile) return
    collectGarbage({ type: 'major', flavor: 'last-resort' })
    least = heapBytes()
  }
  setInterval(look, lookEvery).unref()
}

function heapBytes(): number {
  return getHeapStatistics().total_heap_size
}
