/** `kill -9` while requests with retry tokens are under way: each has its effect exactly once, and repeats get its answer. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRunstead, tenantMount } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const rounds = Number(process.env['RUNSTEAD_CONFORMANCE_RETRY_ROUNDS'] ?? 8)
/** Shortest and longest time that a server lives under load, in ms. */
const life = [100, 600] as const
const workers = 8
/** How often each request is sent at once. */
const copies = 3

interface Sent {
  readonly operation: 'runs/create' | 'experiments/create'
  readonly body: object
  readonly token: string
  /** The answer, once there was one. */
  answer?: string
}

/** A repeat that meets the first request while it is running is told to come again. */
const passing = new Set([409, 429, 503])

describe('retry tokens under kill -9', () => {
  let directory: ScratchDirectory
  let server: ServerProcess
  const all: Sent[] = []

  beforeAll(async () => {
    directory = await scratchDirectory('retry-tokens')
    server = await startRunstead(directory.path)
  })
  afterAll(async () => {
    await server?.kill()
    await directory?.[Symbol.asyncDispose]()
  })

  test.for(Array.from({ length: rounds }, (_, round) => round + 1))('round %i', async (round) => {
    const sent: Sent[] = []
    let stopped = false
    const work = async (worker: number): Promise<void> => {
      for (let number = 0; !stopped; number++) {
        const request = requestOf(round, worker, number)
        sent.push(request)
        const answers = await Promise.all(Array.from({ length: copies }, () => send(request).catch(() => undefined)))
        if (!answers.every((answer) => answer !== undefined)) return
        accept(request, answers)
      }
    }
    const working = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
    await sleep(life[0] + Math.random() * (life[1] - life[0]))
    await server.kill()
    stopped = true
    await working
    all.push(...sent)
    server = await startRunstead(directory.path)

    for (const request of sent) accept(request, await Promise.all([send(request), send(request)]))
    const names = await namesOfRuns(round)
    const wanted = sent.filter(({ operation }) => operation === 'runs/create').map(({ token }) => token)
    expect(names.toSorted(), 'each run once').toEqual(wanted.toSorted())
  })

  test('what earlier rounds were answered is answered again', async () => {
    expect(all.length, 'the load is a load').toBeGreaterThan(rounds * workers)
    for (const request of all) accept(request, [await send(request)])
  })

  function requestOf(round: number, worker: number, number: number): Sent {
    const token = randomUUID()
    return worker % 2 === 0
      ? {
          operation: 'runs/create',
          token,
          body: { run_name: token, start_time: number, tags: [{ key: 'round', value: String(round) }] },
        }
      : { operation: 'experiments/create', token, body: { name: `${round} ${token}` } }
  }

  function accept(request: Sent, answers: readonly (Answer | undefined)[]): void {
    for (const answer of answers) {
      if (answer === undefined) continue
      expect(answer.status, `${request.operation}: ${answer.text}`).toBe(200)
      request.answer ??= answer.text
      expect(answer.text).toBe(request.answer)
    }
  }

  async function send({ operation, body, token }: Sent): Promise<Answer> {
    for (;;) {
      const answer = await post(operation, body, { 'opc-retry-token': token })
      const code = answer.status === 409 ? (JSON.parse(answer.text) as { code: string }).code : 'IncorrectState'
      if (!passing.has(answer.status) || code !== 'IncorrectState') return answer
      await sleep(20)
    }
  }

  async function post(operation: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${server.url}${tenantMount}/api/2.0/mlflow/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    return { status: answer.status, text: await answer.text() }
  }

  async function namesOfRuns(round: number): Promise<string[]> {
    const { status, text } = await post('runs/search', {
      experiment_ids: ['0'],
      filter: `tags.round = '${round}'`,
      max_results: 50_000,
    })
    expect(status, text).toBe(200)
    const { runs } = JSON.parse(text) as { runs: { info: { run_name: string } }[] }
    return runs.map(({ info }) => info.run_name)
  }
})

interface Answer {
  readonly status: number
  readonly text: string
}
