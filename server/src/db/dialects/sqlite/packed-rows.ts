import type { Row, SqlValue } from '../../sync-connection.ts'

/** The values of one column, in the form in which they cross to another thread fastest. */
type PackedColumn = Float64Array | PackedTexts | readonly SqlValue[]

/** Texts one after another, and where each ends. */
interface PackedTexts {
  readonly text: string
  readonly ends: Uint32Array
}

/**
 * Rows as they travel between threads: column by column. A message of many single values takes several times as long to
 * write and to read as one of few great ones.
 */
export interface PackedRows {
  readonly columns: readonly string[]
  readonly count: number
  readonly values: readonly PackedColumn[]
}

/** @param rows the values of each row, in the order of the columns */
export function packRows(columns: readonly string[], rows: readonly (readonly SqlValue[])[]): PackedRows {
  return { columns, count: rows.length, values: columns.map((_, column) => packColumn(rows, column)) }
}

/** Rows as objects. */
export function unpackRows({ columns, count, values }: PackedRows): Row[] {
  const lists = values.map((column) => (isTexts(column) ? textsOf(column) : column))
  const rows: Row[] = []
  for (let place = 0; place < count; place++) {
    const row: Row = {}
    for (let column = 0; column < columns.length; column++) row[columns[column]!] = lists[column]![place]!
    rows.push(row)
  }
  return rows
}

function textsOf({ text, ends }: PackedTexts): string[] {
  const texts: string[] = []
  let start = 0
  for (const end of ends) {
    texts.push(text.slice(start, end))
    start = end
  }
  return texts
}

function isTexts(column: PackedColumn): column is PackedTexts {
  return 'ends' in column
}

function packColumn(rows: readonly (readonly SqlValue[])[], column: number): PackedColumn {
  const first = rows[0]?.[column]
  const packed =
    typeof first === 'number'
      ? packNumbers(rows, column)
      : typeof first === 'string'
        ? packTexts(rows, column)
        : undefined
  return packed ?? rows.map((row) => row[column]!)
}

/** @returns undefined when one of them is not a number */
function packNumbers(rows: readonly (readonly SqlValue[])[], column: number): Float64Array | undefined {
  const numbers = new Float64Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]![column]
    if (typeof value !== 'number') return undefined
    numbers[row] = value
  }
  return numbers
}

/** @returns undefined when one of them is not a text */
function packTexts(rows: readonly (readonly SqlValue[])[], column: number): PackedTexts | undefined {
  const ends = new Uint32Array(rows.length)
  let text = ''
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]![column]
    if (typeof value !== 'string') return undefined
    text += value
    ends[row] = text.length
  }
  return { text, ends }
}
