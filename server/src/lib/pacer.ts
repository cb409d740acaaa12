/** Cuts long work on the event loop into slices, so that requests are served in between. */
export interface Pacer {
  /** To be called after each piece of work; when it returns a promise, the slice is over: await it. */
  spend(units: number): Promise<void> | undefined
}

/** @param unitsPerSlice work after which others get their turn; choose about 2 ms */
export function createPacer(unitsPerSlice: number): Pacer {
  let spent = 0
  return {
    spend(units) {
      spent += units
      if (spent < unitsPerSlice) return undefined
      spent = 0
      return new Promise((resolve) => setImmediate(resolve))
    },
  }
}
