/** Bytes being written: LEB128 varints of up to 64 bits. Reused from call to call, since it keeps its buffer. */
export interface VarintWriter {
  bytes: Uint8Array
  length: number
}

export function createVarintWriter(): VarintWriter {
  return { bytes: new Uint8Array(4096), length: 0 }
}

/** Makes room for `count` more bytes. */
export function reserve(writer: VarintWriter, count: number): void {
  const needed = writer.length + count
  if (needed <= writer.bytes.length) return
  const grown = new Uint8Array(Math.max(needed, writer.bytes.length * 2))
  grown.set(writer.bytes.subarray(0, writer.length))
  writer.bytes = grown
}

/** Writes 0 ≤ `value` < 2^53. */
function writeVarint(writer: VarintWriter, value: number): void {
  reserve(writer, 8)
  let rest = value
  while (rest >= 128) {
    writer.bytes[writer.length++] = (rest % 128) | 128
    rest = rest > 0x7fffffff ? Math.floor(rest / 128) : rest >>> 7
  }
  writer.bytes[writer.length++] = rest
}

/** Writes an integer so that small magnitudes of either sign are short; |value| ≤ 2^52 - 1. */
export function writeSignedVarint(writer: VarintWriter, value: number): void {
  writeVarint(writer, value >= 0 ? value * 2 : -value * 2 - 1)
}

/** Writes an unsigned 64-bit integer. */
function writeBigVarint(writer: VarintWriter, value: bigint): void {
  reserve(writer, 10)
  let rest = value
  while (rest >= 128n) {
    writer.bytes[writer.length++] = Number(rest & 127n) | 128
    rest >>= 7n
  }
  writer.bytes[writer.length++] = Number(rest)
}

/** Writes a signed 64-bit integer, as `writeSignedVarint` does. */
export function writeSignedBigVarint(writer: VarintWriter, value: bigint): void {
  writeBigVarint(writer, value >= 0n ? value << 1n : (-value << 1n) - 1n)
}
