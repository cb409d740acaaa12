import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { SqlValue } from '../../sync-connection.ts'
import { type PackedRows, packRows, unpackRows } from './packed-rows.ts'
import { rowsOf } from './sqlite-values.ts'

/** Packs rows, sends them to another port and unpacks what arrives. */
function sent(columns: readonly string[], rows: readonly (readonly SqlValue[])[]) {
  const { port1, port2 } = new MessageChannel()
  port1.postMessage(packRows(columns, rows))
  const packed = receiveMessageOnPort(port2)?.message as PackedRows
  port1.close()
  return unpackRows(packed)
}

const bytes = new Uint8Array([1, 2, 3])
const cases: readonly (readonly [string, readonly (readonly SqlValue[])[]])[] = [
  ['no row', []],
  ['numbers', [[1], [-0], [1e308], [-5e-324], [Number.MAX_SAFE_INTEGER]]],
  ['texts, empty and beyond ASCII ones too', [['a'], [''], ['größe'], ['\u{1f600}'], ['\ud800'], ['z']]],
  ['great integers', [[2n ** 62n], [1n]]],
  ['a number first, then others', [[1], [null], [2n ** 62n], ['x']]],
  ['a text first, then others', [['x'], [null], [bytes]]],
  ['nothing', [[null], [null]]],
  ['bytes', [[bytes], [bytes]]],
]

test.each(cases)('%s arrive as they were', (_name, rows) => {
  const two = rows.map(([value]) => [value!, value!])
  expect(sent(['a', 'b'], two)).toEqual(rowsOf({ columns: ['a', 'b'], rows: two }))
})
