/** Memory that is used again instead of being left to the garbage collector, which lets much of it gather. */
export interface SpareBuffers {
  /** A buffer of exactly that many bytes, or undefined when there is none. */
  take(bytes: number): Buffer | undefined
  giveBack(buffer: Buffer): void
}

/** @param most buffers that are kept */
export function spareBuffers(most: number): SpareBuffers {
  const kept: Buffer[] = []
  return {
    take(bytes) {
      const fitting = kept.findIndex(({ length }) => length === bytes)
      return fitting === -1 ? undefined : kept.splice(fitting, 1)[0]
    },
    giveBack(buffer) {
      kept.push(buffer)
      if (kept.length > most) kept.shift()
    },
  }
}
