import type { BigIntStats } from 'node:fs'
import type { BlobStat } from '../blob-store.ts'

export function blobStatOf(stat: BigIntStats): BlobStat {
  return {
    size: Number(stat.size),
    // Each put makes a new file, so equal length within one tick of the clock still differs by the file's number.
    etag: `"${stat.mtimeNs.toString(16)}-${stat.size.toString(16)}-${stat.ino.toString(16)}"`,
    lastModified: new Date(Number(stat.mtimeNs / 1_000_000n)),
  }
}
