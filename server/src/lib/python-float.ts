/**
 * Prints a finite double as Python's `repr` does, which is what MLflow's JSON shows: `1.0`, `1e-05`, `1e+16`.
 */
export function formatPythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  const text = Object.is(value, -0) ? '-0' : value.toString()
  return Number.isInteger(value) ? `${text}.0` : text
}
