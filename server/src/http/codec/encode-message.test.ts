import { expect, test } from 'vitest'
import { double, int64, list, message, string } from '../../contract/wire.ts'
import { encodeMessage } from './encode-message.ts'

const Point = message('Point', { key: string(), value: double(), step: int64() })
const Reply = message('Reply', { points: list(Point), note: string(), info: message('Info', {}) })

test('renders as MLflow does: indented, ordered, ASCII, exact', () => {
  const value = {
    info: {},
    note: 'é\u007f"',
    points: [
      { step: 9223372036854775807n, value: 1, key: 'a' },
      { key: 'b', value: Number.NaN, step: 0 },
    ],
  }
  expect(encodeMessage(Reply, value)).toBe(`{
  "points": [
    {
      "key": "a",
      "value": 1.0,
      "step": 9223372036854775807
    },
    {
      "key": "b",
      "value": "NaN",
      "step": 0
    }
  ],
  "note": "\\u00e9\\u007f\\"",
  "info": {}
}`)
})

test('leaves out what is absent or empty', () => {
  expect(encodeMessage(Reply, { points: [], note: undefined })).toBe('{}')
})
