import type { TextRules } from '../plan-texts.ts'

/** Names are in an index, whose entries PostgreSQL limits to about 2,700 bytes. */
const maxIndexedBytes = 2500

/** Why PostgreSQL cannot store a text; the wording is that of the `Database` for the same case. */
function textRefusal(text: string): string | undefined {
  return text.includes('\0') ? 'A text value contains a NUL character, which cannot be stored.' : undefined
}

/** Why PostgreSQL cannot store the name of a metric, param or tag, or a run. */
export function nameRefusal(name: string): string | undefined {
  if (name.length * 3 > maxIndexedBytes && Buffer.byteLength(name) > maxIndexedBytes) {
    return `A name is longer than ${maxIndexedBytes} bytes, which cannot be stored.`
  }
  return textRefusal(name)
}

export const textRules: TextRules = { nameRefusal, textRefusal }
