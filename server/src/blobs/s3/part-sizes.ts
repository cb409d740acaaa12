const mebibyte = 1024 * 1024

/** Parts of one size after which the size doubles. */
const partsOfOneSize = 1_000
const firstSize = 8 * mebibyte

/**
 * Bytes of an upload's part, from 1 to 10,000, whose length is not known when it begins. Parts are held in memory, so they
 * are small at first: 8 MiB up to 7.8 GiB, 16 MiB up to 23 GiB, and so on. All 10,000, of which the last have 4 GiB (5 GiB is the
 * most), hold 7.8 TiB, more than the 5 TiB of an object.
 */
export function partSize(partNumber: number): number {
  return firstSize * 2 ** Math.floor((partNumber - 1) / partsOfOneSize)
}
