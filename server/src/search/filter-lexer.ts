import { type WordKind, wordKind } from './sql-words.ts'

/**
 * What a token is. `symbol` is text in double quotes, `name` includes back-ticked text, `order` is ASC or DESC,
 * `statement` a keyword that starts an SQL statement, `unknown` a character that starts nothing.
 */
export type TokenKind =
  | WordKind
  | 'space'
  | 'newline'
  | 'comment'
  | 'name'
  | 'placeholder'
  | 'order'
  | 'string'
  | 'symbol'
  | 'integer'
  | 'float'
  | 'hex'
  | 'comparator'
  | 'operator'
  | 'wildcard'
  | 'assignment'
  | 'punctuation'
  | 'unknown'

export interface Token {
  readonly kind: TokenKind
  /** The characters as written, quotes included. */
  readonly text: string
}

/** Word characters and blanks as Python's `re` has them, and the letters that may start a name. */
const word = '[\\p{L}\\p{N}_]'
const blank = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const letter = '[A-ZÀ-Ü]'
const wordEnd = `(?!${word})`
const notName = '(?![_A-ZÀ-Ü])'

/** A phrase of words with blanks between them, where the text ends at the end of a word. */
function phrase(...parts: string[]): string {
  return parts.join(`${blank}+`) + wordEnd
}

/**
 * Which characters make one token, the first rule that matches wins. These are the rules of the SQL tokenizer that MLflow
 * 3.17.0 reads filters with; their order decides what a filter means: a word after a dot is a name, but `params.in` is
 * not, because IN is tried first; `-1` is a number and `a-1` therefore a name and a number.
 */
const rules: readonly (readonly [TokenKind | 'word', string])[] = [
  ['comment', '(?:--|# )[^\\r\\n]*(?:\\r\\n|\\r|\\n|$)'],
  ['newline', '\\r\\n|\\r|\\n'],
  ['space', blank],
  ['assignment', ':='],
  ['punctuation', '::'],
  ['wildcard', '\\*'],
  ['name', '`(?:``|[^`])*`'],
  ['name', '´(?:´´|[^´])*´'],
  ['placeholder', `\\?|%(?:\\(${word}+\\))?s|(?<!${word})[$:]${word}+`],
  ['unknown', `\\\\${word}+`],
  ['keyword', `(?:CASE|IN|VALUES|USING|FROM|AS)${wordEnd}`],
  ['name', `(?:@|##|#)${letter}${word}+`],
  ['name', `${letter}${word}*(?=${blank}*\\.(?!\\d))`],
  ['name', `(?<=\\.)${letter}${word}*`],
  ['name', `${letter}${word}*(?=\\()`],
  ['hex', '-?0x[\\dA-F]+'],
  ['float', '-?\\d+(?:\\.\\d+)?E-?\\d+'],
  ['float', `${notName}-?(?:\\d+\\.\\d*|\\.\\d+)${notName}`],
  ['integer', `${notName}-?\\d+${notName}`],
  ['string', "'(?:''|\\\\'|[^'])*'"],
  ['symbol', '"(?:""|\\\\"|[^"])*"'],
  ['name', `(?<![\\p{L}\\p{N}_\\])])\\[[^\\]\\[]+\\]`],
  ['keyword', `(?:(?:LEFT|RIGHT|FULL)${blank}+)?(?:(?:INNER|OUTER|STRAIGHT)${blank}+)?JOIN${wordEnd}`],
  ['keyword', phrase('(?:CROSS|NATURAL)', 'JOIN')],
  ['keyword', `END(?:${blank}+(?:IF|LOOP|WHILE|FOR|CASE))?${wordEnd}`],
  ['keyword', phrase('IF', `(?:NOT${blank}+)?EXISTS`)],
  ['keyword', phrase('NOT', 'NULL')],
  ['order', `(?:ASC|DESC)(?:${blank}+NULLS${blank}+(?:FIRST|LAST))?${wordEnd}`],
  ['order', phrase('NULLS', '(?:FIRST|LAST)')],
  ['keyword', phrase('UNION', 'ALL')],
  ['statement', `CREATE(?:${blank}+OR${blank}+REPLACE)?${wordEnd}`],
  ['builtin', phrase('DOUBLE', 'PRECISION')],
  ['keyword', phrase('(?:GROUP|ORDER)', 'BY')],
  ['keyword', phrase('PRIMARY', 'KEY')],
  ['keyword', phrase('HANDLER', 'FOR')],
  ['keyword', `GO${blank}\\d+${wordEnd}`],
  ['comparator', `(?:NOT${blank}+)?(?:LIKE|ILIKE|RLIKE)${wordEnd}`],
  ['comparator', `(?:NOT${blank}+)?REGEXP(?:${blank}+BINARY)?${wordEnd}`],
  ['word', `${word}(?:[$#]|${word})*`],
  ['punctuation', '[;:()\\[\\],.]'],
  ['operator', '->>?|#>>?|@>|<@|#-|-'],
  ['comparator', '[<>=~!]+'],
  ['operator', '[-+/@#%^&|]+'],
]

const compiled = rules.map(([kind, source]) => [kind, new RegExp(source, 'iuy')] as const)

/** How many tokens MLflow 3.17.0 reads; a text of more is refused. */
export const tokenLimit = 10_000

/**
 * Splits a filter or order_by text into tokens that, put together again, are the text. Any text will do; reading stops
 * at the first token beyond the limit, so that no text takes long.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const lastCommentEnd = text.lastIndexOf('*/')
  for (let at = 0; at < text.length && tokens.length <= tokenLimit; ) {
    // The last end is found once: looking for it anew at each of many unclosed comments would take quadratic time.
    const commented = text.startsWith('/*', at) && at + 2 <= lastCommentEnd
    const token: Token = commented
      ? { kind: 'comment', text: text.slice(at, text.indexOf('*/', at + 2) + 2) }
      : tokenAt(text, at)
    tokens.push(token)
    at += token.text.length
  }
  return tokens
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, pattern] of compiled) {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found) return { kind: kind === 'word' ? (wordKind(found) ?? 'name') : kind, text: found }
  }
  return { kind: 'unknown', text: String.fromCodePoint(text.codePointAt(at) ?? 0) }
}

/** True for a token that only separates. */
export function isBlank(token: { readonly kind: string }): boolean {
  return token.kind === 'space' || token.kind === 'newline'
}
