/** A place in bytes that `createVarintWriter` filled. */
export interface VarintReader {
  readonly bytes: Uint8Array
  at: number
}

/** Reads what `writeVarint` wrote. */
function readVarint(reader: VarintReader): number {
  const { bytes } = reader
  let byte = bytes[reader.at++]!
  if (byte < 128) return byte
  let value = byte & 127
  let unit = 128
  do {
    byte = byteAt(bytes, reader.at++)
    value += (byte & 127) * unit
    unit *= 128
  } while (byte >= 128)
  return value
}

/** Reads what `writeSignedVarint` wrote. */
export function readSignedVarint(reader: VarintReader): number {
  const folded = readVarint(reader)
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
}

/** Reads what `writeBigVarint` wrote. */
function readBigVarint(reader: VarintReader): bigint {
  let value = 0n
  let shift = 0n
  let byte: number
  do {
    byte = byteAt(reader.bytes, reader.at++)
    value |= BigInt(byte & 127) << shift
    shift += 7n
  } while (byte >= 128)
  return value
}

/** Reads what `writeSignedBigVarint` wrote. */
export function readSignedBigVarint(reader: VarintReader): bigint {
  const folded = readBigVarint(reader)
  return (folded & 1n) === 0n ? folded >> 1n : -((folded + 1n) >> 1n)
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw new RangeError('a segment payload ends too early')
  return byte
}
