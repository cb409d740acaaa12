const length = 64

/** What of a param or tag value goes into the search index: its first 64 characters (code points). */
export function valueKey(value: string): string {
  if (value.length <= length) return value
  let end = 0
  for (let taken = 0; taken < length && end < value.length; taken++) end += value.codePointAt(end)! > 0xffff ? 2 : 1
  return value.slice(0, end)
}
