const unprintable = /[\p{C}\p{Z}]/u

/** A string as Python's `repr()` prints it: MLflow's messages show keys and values that way. */
export function pythonStringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = quote
  for (const char of text) out += char === quote ? `\\${char}` : escaped(char)
  return out + quote
}

function escaped(char: string): string {
  switch (char) {
    case '\\':
      return '\\\\'
    case '\n':
      return '\\n'
    case '\r':
      return '\\r'
    case '\t':
      return '\\t'
    case ' ':
      return char
    default:
      return unprintable.test(char) ? hexEscape(char.codePointAt(0) ?? 0) : char
  }
}

function hexEscape(code: number): string {
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  if (code < 0x10000) return `\\u${hex.padStart(4, '0')}`
  return `\\U${hex.padStart(8, '0')}`
}
