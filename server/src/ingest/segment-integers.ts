import type { Int64 } from '../lib/int64.ts'
import { type IntColumn, setInt } from './point-columns.ts'
import { readSignedBigVarint, readSignedVarint, type VarintReader } from './varint-reader.ts'
import { type VarintWriter, writeSignedBigVarint, writeSignedVarint } from './varint-writer.ts'

/** Steps ascend with equal strides; timestamps have strides that differ a little. */
export type IntegerOrder = 'delta' | 'delta-of-delta'

/**
 * Writes integers as their distances from one to the next. A column with one stride throughout is two varints.
 *
 * @param base the first integer is written as its distance from this one, which the reader knows
 * @param wide whether any of them is so great that doubles are not exact
 */
export function writeIntegers(
  writer: VarintWriter,
  integers: ArrayLike<Int64>,
  base: Int64,
  order: IntegerOrder,
  wide: boolean,
): void {
  if (wide) writeWide(writer, integers, BigInt(base), order)
  else writeNarrow(writer, integers as ArrayLike<number>, Number(base), order)
}

/** Reads what `writeIntegers` wrote into `column`, as many as it is long. */
export function readIntegers(
  reader: VarintReader,
  column: IntColumn,
  base: Int64,
  order: IntegerOrder,
  wide: boolean,
): void {
  if (wide) readWide(reader, column, BigInt(base), order)
  else readNarrow(reader, column as Float64Array, Number(base), order)
}

/** Marks of what follows the first integer. */
const equalStrides = 0
const strideByStride = 1

function writeNarrow(writer: VarintWriter, integers: ArrayLike<number>, base: number, order: IntegerOrder): void {
  const count = integers.length
  writeSignedVarint(writer, integers[0]! - base)
  const stride = count > 1 ? integers[1]! - integers[0]! : 0
  let equal = true
  for (let i = 2; i < count && equal; i++) equal = integers[i]! - integers[i - 1]! === stride
  writeSignedVarint(writer, equal ? equalStrides : strideByStride)
  if (equal) {
    writeSignedVarint(writer, stride)
    return
  }
  let before = 0
  for (let i = 1; i < count; i++) {
    const delta = integers[i]! - integers[i - 1]!
    writeSignedVarint(writer, delta - before)
    if (order === 'delta-of-delta') before = delta
  }
}

function readNarrow(reader: VarintReader, column: Float64Array, base: number, order: IntegerOrder): void {
  let last = base + readSignedVarint(reader)
  column[0] = last
  const count = column.length
  if (readSignedVarint(reader) === equalStrides) {
    const stride = readSignedVarint(reader)
    for (let i = 1; i < count; i++) {
      last += stride
      column[i] = last
    }
    return
  }
  let before = 0
  for (let i = 1; i < count; i++) {
    const delta = before + readSignedVarint(reader)
    last += delta
    column[i] = last
    if (order === 'delta-of-delta') before = delta
  }
}

/** As `writeNarrow`, modulo 2^64: a distance that does not fit comes round to the right integer again. */
function writeWide(writer: VarintWriter, integers: ArrayLike<Int64>, base: bigint, order: IntegerOrder): void {
  let last = BigInt(integers[0]!)
  writeSignedBigVarint(writer, BigInt.asIntN(64, last - base))
  writeSignedVarint(writer, strideByStride)
  let before = 0n
  for (let i = 1; i < integers.length; i++) {
    const next = BigInt(integers[i]!)
    const delta = next - last
    writeSignedBigVarint(writer, BigInt.asIntN(64, delta - before))
    if (order === 'delta-of-delta') before = delta
    last = next
  }
}

function readWide(reader: VarintReader, column: IntColumn, base: bigint, order: IntegerOrder): void {
  let last = BigInt.asIntN(64, base + readSignedBigVarint(reader))
  setInt(column, 0, last)
  readSignedVarint(reader)
  let before = 0n
  for (let i = 1; i < column.length; i++) {
    const delta = before + readSignedBigVarint(reader)
    last = BigInt.asIntN(64, last + delta)
    setInt(column, i, last)
    if (order === 'delta-of-delta') before = delta
  }
}
