import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryRoot } from '../targets/repository.ts'
import type { NormalAnswer } from './normal-answer.ts'

/** An answer as it lies in a file: a body of several lines is a list of them. */
interface RecordedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | readonly string[]
}

const directory = join(repositoryRoot, 'conformance', 'recordings')

/**
 * The answers of the real server that were recorded for an area, by case id.
 * @throws Error when nothing has been recorded for it
 */
export async function readRecording(area: string): Promise<Map<string, NormalAnswer>> {
  const content = JSON.parse(await readFile(fileOf(area), 'utf8')) as Record<string, RecordedAnswer>
  return new Map(
    Object.entries(content).map(([id, { status, headers, body }]) => [
      `${area}/${id}`,
      { status, headers, body: typeof body === 'string' ? body : body.join('\n') },
    ]),
  )
}

/** Writes the answers of an area: one line for status and headers, one for each line of the body. */
export async function writeRecording(area: string, answers: ReadonlyMap<string, NormalAnswer>): Promise<void> {
  const entries = [...answers].map(([id, answer]) => `${JSON.stringify(id.slice(area.length + 1))}: ${entryOf(answer)}`)
  await mkdir(directory, { recursive: true })
  await writeFile(fileOf(area), `{\n${entries.join(',\n')}\n}\n`)
}

function entryOf({ status, headers, body }: NormalAnswer): string {
  const lines = body.split('\n')
  const shown =
    lines.length === 1
      ? JSON.stringify(body)
      : `[\n${lines.map((line) => `    ${JSON.stringify(line)}`).join(',\n')}\n  ]`
  return `{ "status": ${status}, "headers": ${JSON.stringify(headers)},\n  "body": ${shown} }`
}

function fileOf(area: string): string {
  return join(directory, `${area}.json`)
}
