const plain = /^[ !#-[\]-~]*$/
const beyondPrintableAscii = /[\x7f-\uffff]/
const everyBeyondPrintableAscii = /[\x7f-\uffff]/g

/** JSON text of a string with everything beyond printable ASCII escaped, as Python's `json.dumps` writes it. */
export function asciiJsonString(text: string): string {
  if (plain.test(text)) return `"${text}"`
  const json = JSON.stringify(text)
  if (!beyondPrintableAscii.test(json)) return json
  return json.replace(everyBeyondPrintableAscii, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
