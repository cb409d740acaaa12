import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryRoot } from '../targets/repository.ts'
import type { NormalAnswer } from './normal-answer.ts'

/** An answer as it lies in a file: a body of several lines is a list of them, or the id of a case of the same body. */
interface RecordedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | readonly string[] | { readonly sameAs: string }
}

const directory = join(repositoryRoot, 'conformance', 'recordings')

/**
 * The answers of the real server that were recorded for an area, by case id.
 * @throws Error when nothing has been recorded for it
 */
export async function readRecording(area: string): Promise<Map<string, NormalAnswer>> {
  const content = JSON.parse(await readFile(fileOf(area), 'utf8')) as Record<string, RecordedAnswer>
  const bodyOf = ({ body }: RecordedAnswer): string => {
    if (typeof body === 'string') return body
    return 'sameAs' in body ? bodyOf(content[body.sameAs]!) : body.join('\n')
  }
  return new Map(
    Object.entries(content).map(([id, answer]) => [
      `${area}/${id}`,
      { status: answer.status, headers: answer.headers, body: bodyOf(answer) },
    ]),
  )
}

/** Writes the answers of an area: one line for status and headers, one for each line of the body. */
export async function writeRecording(area: string, answers: ReadonlyMap<string, NormalAnswer>): Promise<void> {
  const seen = new Map<string, string>()
  const entries: string[] = []
  for (const [caseId, { status, headers, body }] of answers) {
    const id = caseId.slice(area.length + 1)
    const shown = shownBody(body, seen, id)
    entries.push(
      `${JSON.stringify(id)}: { "status": ${status}, "headers": ${JSON.stringify(headers)},\n  "body": ${shown} }`,
    )
  }
  await mkdir(directory, { recursive: true })
  await writeFile(fileOf(area), `{\n${entries.join(',\n')}\n}\n`)
}

function shownBody(body: string, seen: Map<string, string>, id: string): string {
  const lines = body.split('\n')
  if (lines.length === 1) return JSON.stringify(body)
  const sameAs = seen.get(body)
  if (sameAs !== undefined) return JSON.stringify({ sameAs })
  seen.set(body, id)
  return `[\n${lines.map((line) => `    ${JSON.stringify(line)}`).join(',\n')}\n  ]`
}

function fileOf(area: string): string {
  return join(directory, `${area}.json`)
}
