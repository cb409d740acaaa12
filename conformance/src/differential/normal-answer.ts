import { createHash } from 'node:crypto'
import type { Captures } from './captures.ts'
import type { RawAnswer } from './request.ts'

/** An answer without what differs from server to server and from run to run: ids, clock times, tokens, chance names. */
export interface NormalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Stands where a server may use words of its own, such as the text of a database driver. */
export const ownWords = '<own words>'

/** Headers whose value is compared. */
const comparedHeaders = [
  'content-type',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'cache-control',
  'location',
  'allow',
  'x-content-type-options',
  'x-frame-options',
]
/** Headers of which only the presence is compared. */
const presentHeaders = ['etag', 'last-modified']
const clockFields = 'creation_time|last_update_time|creation_timestamp(?:_ms)?|last_updated_timestamp(?:_ms)?'
const bodyLimit = 20_000
/** A letter, or the escape of one, sixty times and more. */
const repeated = /(\\u[0-9a-f]{4}|.)\1{59,}/g

/** Normalises one answer of the server at `url`. */
export function normalAnswer(answer: RawAnswer, url: string, captures: Captures): NormalAnswer {
  const headers: Record<string, string> = {}
  for (const name of comparedHeaders) {
    const value = answer.headers[name]
    // What this server adds to every answer that says nothing of caches.
    if (name === 'cache-control' && value === 'no-store') continue
    if (value !== undefined) headers[name] = normalHeader(name, value.replaceAll(url, '{{server}}'))
  }
  for (const name of presentHeaders) if (answer.headers[name] !== undefined) headers[name] = '<present>'
  // The length of a file is part of its answer; that of a JSON body follows from the body.
  const length = answer.headers['content-length']
  if (headers['etag'] !== undefined && length !== undefined) headers['content-length'] = length
  return { status: answer.status, headers, body: normalBody(answer, url, captures) }
}

function normalHeader(name: string, value: string): string {
  if (name !== 'allow') return value
  return value.split(/, */).sort().join(', ')
}

function normalBody(answer: RawAnswer, url: string, captures: Captures): string {
  const text = answer.body.toString('utf8')
  if (!Buffer.from(text).equals(answer.body)) return summary(answer.body, 'bytes')
  if (/^\s*<!doctype html/i.test(text)) return '<an HTML page>'
  const normal = normalText(text.replaceAll(url, '{{server}}'), captures)
  return normal.length > bodyLimit ? summary(normal, 'characters') : normal
}

function summary(content: string | Buffer, unit: string): string {
  return `<${content.length} ${unit}, sha256 ${createHash('sha256').update(content).digest('hex')}>`
}

/** Works on the text itself, so that spelling, order and spacing stay what the server sent. */
function normalText(text: string, captures: Captures): string {
  let normal = text.replace(repeated, (run: string, letter: string) => `<${letter} × ${run.length / letter.length}>`)
  for (const [name, value] of captures) normal = withoutCapture(normal, name, value)
  return normal
    .replace(/("experiment_id": ?)"[1-9]\d*"/g, '$1"<experiment id>"')
    .replace(/(mlflow-artifacts:\/)[1-9]\d*/g, '$1<experiment id>')
    .replace(/\b[0-9a-f]{32}\b/g, '<id>')
    .replace(new RegExp(`"(${clockFields})":( ?)\\d{13}\\b`, 'g'), '"$1":$2"<ms>"')
    .replace(/"next_page_token":( ?)"[^"]+"/g, '"next_page_token":$1"<token>"')
    .replace(/"(run_name|name|value)":( ?)"[a-z]+-[a-z]+-\d{1,4}"/g, '"$1":$2"<chance name>"')
    .replace(/already exists\. Error: (?:[^"\\]|\\.)*/g, `already exists.${ownWords}`)
    .replace(/"message":( ?)"\((?:sqlite3\.|raised as a result of Query)(?:[^"\\]|\\.)*"/g, `"message":$1"${ownWords}"`)
    .replace(/No such artifact: '[^']*'/g, "No such artifact: '<path>'")
    .replace(/not a file: '[^']*'/g, "not a file: '<path>'")
    .replace(/\{('[^'{}]*'(?:, '[^'{}]*')*)\}/g, (_, members: string) => `{${members.split(', ').sort().join(', ')}}`)
}

function withoutCapture(text: string, name: string, value: string): string {
  const mark = `{{${name}}}`
  if (!/^\d+$/.test(value)) return value.length < 8 ? text : text.replaceAll(value, mark)
  // An experiment id is a short number: only where such an id can stand.
  return text
    .replace(new RegExp(`("experiment_id": ?")${value}"`, 'g'), `$1${mark}"`)
    .replace(new RegExp(`(mlflow-artifacts:/)${value}(?![0-9])`, 'g'), `$1${mark}`)
    .replace(new RegExp(`(experiment(?: with)?(?: id)?[ =])${value}\\b`, 'gi'), `$1${mark}`)
}
