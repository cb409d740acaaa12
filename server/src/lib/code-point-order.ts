/**
 * Orders two names by code point, which is also the order of their UTF-8 bytes: as Python sorts and as S3 lists.
 * JavaScript's own `<` differs where a character beyond U+FFFF meets one from U+E000 to U+FFFF.
 */
export function compareByCodePoint(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return rankOf(a) - rankOf(b)
  }
  return left.length - right.length
}

/** Half of a surrogate pair stands for a character beyond U+FFFF, so it ranks above every other code unit. */
function rankOf(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit
}
