const plain = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A number with three significant digits, thousands separated; a dash for what was not measured. */
export function number(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  const magnitude = Math.abs(value)
  if (magnitude >= 100) return plain.format(value)
  if (magnitude >= 10) return value.toFixed(1)
  return magnitude >= 1 ? value.toFixed(2) : value.toPrecision(2)
}

/** A Markdown table whose columns line up in plain text too. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column]!)].map((cell) => cell.length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
