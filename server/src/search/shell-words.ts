/**
 * Splits a text at blanks as a POSIX shell does, which is how MLflow reads order_by: quotes group and disappear,
 * a backslash takes the next character literally (in double quotes only before `"` and itself).
 *
 * @returns undefined when a quote is never closed or a backslash ends the text
 */
export function splitShellWords(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string
    if (' \t\r\n'.includes(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at)
      if (!quoted) return undefined
      word = (word ?? '') + quoted.content
      at = quoted.end
    } else if (character === '\\') {
      at += 1
      if (at >= text.length) return undefined
      word = (word ?? '') + text[at]
    } else {
      word = (word ?? '') + character
    }
  }
  return word === undefined ? words : [...words, word]
}

/** What stands between the quote at `start` and the one that closes it, and where that is. */
function readQuoted(text: string, start: number): { content: string; end: number } | undefined {
  const mark = text[start] as string
  let content = ''
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] as string
    if (character === mark) return { content, end: at }
    const next = text[at + 1]
    const escapes = mark === '"' && character === '\\' && (next === '"' || next === '\\')
    if (escapes) at += 1
    content += escapes ? next : character
  }
  return undefined
}
