import { expect, test } from 'vitest'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import { AsciiOutput } from './ascii-output.ts'

const texts = [
  '',
  'plain',
  'a "quoted" \\ one',
  'line\nbreak',
  'größe',
  '\u{1f600}',
  '\ud800',
  '\u007f',
  ' ~',
  'x'.repeat(47),
  'é'.repeat(49),
]

test('strings are written as they are elsewhere, short and long ones', () => {
  const output = new AsciiOutput()
  for (const text of texts) {
    output.clear()
    output.addString(text)
    expect(output.toString()).toBe(asciiJsonString(text))
  }
})

test('it grows with what is added, and starts anew when it is cleared', () => {
  const output = new AsciiOutput()
  let expected = ''
  for (let round = 0; round < 3; round++) {
    output.clear()
    expected = ''
    for (let number = 0; number < 40_000; number++) {
      output.addBytes(Buffer.from('[', 'latin1'))
      output.add(String(number))
      output.addString('some text that is here many times')
      expected += `[${number}"some text that is here many times"`
    }
    expect(output.length).toBe(expected.length)
    expect(output.toString() === expected).toBe(true)
  }
  const kept = output.toBuffer()
  output.clear()
  output.add('over')
  expect(kept.toString('latin1') === expected).toBe(true)
})
