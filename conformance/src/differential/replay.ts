import { setTimeout as sleep } from 'node:timers/promises'
import { type Captures, capture } from './captures.ts'
import type { Area } from './case.ts'
import { type NormalAnswer, normalAnswer } from './normal-answer.ts'
import { send } from './request.ts'

/** Sends all requests of an area in order to the server at `url`; the answers by case id. */
export async function replay(area: Area, url: string): Promise<Map<string, NormalAnswer>> {
  const captures: Captures = new Map()
  const answers = new Map<string, NormalAnswer>()
  for (const one of area.cases) {
    if (one.pause > 0) await sleep(one.pause)
    const answer = await send(url, one, captures)
    capture(one.capture, answer.body.toString('utf8'), captures)
    answers.set(one.id, normalAnswer(answer, url, captures))
  }
  return answers
}
