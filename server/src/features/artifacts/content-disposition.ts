const token = /^[\w!#$%&'*+.^`|~-]+$/
const beyondAscii = /[^\0-\x7f]/
/** What RFC 5987 lets stand in an extended value, beside letters, digits and `_ . - ~`. */
const kept = /[!#$&+^`|]/

/**
 * `Content-Disposition` of a download, as MLflow 3.17.0 writes it: the name as a token where it is one, else quoted; for
 * other than ASCII names an ASCII likeness, and the name itself as RFC 5987's `filename*`.
 */
export function attachmentDisposition(name: string): string {
  if (!beyondAscii.test(name)) return `attachment; filename=${tokenOrQuoted(name)}`
  const likeness = name.normalize('NFKD').replaceAll(/[^\0-\x7f]/g, '') || 'download'
  return `attachment; filename=${tokenOrQuoted(likeness)}; filename*=UTF-8''${extendedValue(name)}`
}

function tokenOrQuoted(text: string): string {
  return token.test(text) ? text : `"${text.replaceAll(/[\\"]/g, '\\$&')}"`
}

function extendedValue(text: string): string {
  return [...text]
    .map((character) => {
      if (/[\w.~-]/.test(character) || kept.test(character)) return character
      return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
    })
    .join('')
}
