import type { RecordedStatement } from '../db/database-options.ts'

/** Words that begin a line. */
const clauses =
  /^(from|where|and|or|order by|group by|having|limit|union all|union|intersect|left join|inner join|cross join|join|on)\b/i

/**
 * Statements as text to review: a clause a line, indented by parentheses, with the parameters below. What differs from one
 * run to the next, such as ids and times, is replaced by its kind.
 */
export function readableStatements(statements: readonly RecordedStatement[]): string {
  return statements
    .map(({ sql, parameters, handle }) => {
      const lines = [`-- ${handle}`, ...linesOf(sql), ...parameters.map(parameterLine)]
      return lines.map(withoutChance).join('\n')
    })
    .join('\n\n')
}

function linesOf(sql: string): string[] {
  const text = sql.replaceAll(/\s+/g, ' ').trim()
  const lines: string[] = []
  let line = ''
  let depth = 0
  let lineDepth = 0
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (quote === '' && character === ' ' && endsLine(line, text.slice(at + 1))) {
      lines.push('  '.repeat(lineDepth) + line)
      line = ''
      lineDepth = depth
      continue
    }
    line += character
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === "'" || character === '"') quote = character
    else if (character === '(') depth++
    else if (character === ')') depth--
  }
  return [...lines, '  '.repeat(lineDepth) + line]
}

function endsLine(line: string, rest: string): boolean {
  return line.length > 110 || (clauses.test(rest) && !/\b(left|inner|cross|union)$/i.test(line))
}

function parameterLine(value: unknown, index: number): string {
  return `--   ${index + 1}: ${parameterText(value)}`
}

function parameterText(value: unknown): string {
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
  if (Array.isArray(value)) return `[${value.map(parameterText).join(', ')}]`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function withoutChance(line: string): string {
  return line
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<id>')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>')
    .replaceAll(/\b[1-9]\d{12}\b/g, '<time>')
    .replaceAll(/-?\b[1-9]\d{13,18}\b/g, '<number>')
}
