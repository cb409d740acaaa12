/** A bounded number of bytes that many share. */
export interface SharedBytes {
  /** Takes that many when there are so many left; whoever has taken them gives them back. */
  take(bytes: number): boolean
  giveBack(bytes: number): void
}

export function sharedBytes(total: number): SharedBytes {
  let left = total
  return {
    take(bytes) {
      if (bytes > left) return false
      left -= bytes
      return true
    },
    giveBack(bytes) {
      left += bytes
    },
  }
}
