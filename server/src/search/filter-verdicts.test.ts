import { describe, expect, test } from 'vitest'
import { answerTo, goesBeyondMlflow, orderAnswerTo, readRecording, treeOf } from './testing/filter-verdicts.ts'

const { filters, orders } = readRecording(new URL('testing/filter-verdicts.jsonl', import.meta.url))
const titled = filters.map((verdict) => ({ verdict, title: `${verdict.entity}: ${JSON.stringify(verdict.filter)}` }))
const titledOrders = orders.map((verdict) => ({
  verdict,
  title: `${verdict.entity}: ${JSON.stringify(verdict.order_by)}`,
}))

/** Messages of MLflow about something that is no mistake here; where the filter is wrong all the same, ours tells why. */
const notOurMistake = [
  /^IS NULL \/ IS NOT NULL is only supported for/,
  /Expected a comparison with 3 tokens/,
  /attributes support comparison with a list of quoted string values/,
  /(?:Found|Got value) \(/,
  /^Invalid clause\(s\) in filter string: .*(?:\bOR\b|\bNOT\b|\()/i,
  /^Invalid comparison clause\. Expected 'Identifier' found '(?:min|max|first|last)\(/i,
]

test('the recording has enough to say', () => {
  expect(titled.filter(({ verdict }) => verdict.found).length).toBeGreaterThan(250)
  expect(titled.filter(({ verdict }) => verdict.message).length).toBeGreaterThan(350)
  expect(orders.length).toBeGreaterThan(100)
})

describe('a filter that MLflow accepts means the same', () => {
  test.each(titled.filter(({ verdict }) => verdict.found))('$title', ({ verdict }) => {
    expect(answerTo(verdict)).toEqual({ accepted: treeOf(verdict.clauses ?? [], verdict) })
  })
})

describe('a filter that MLflow refuses is refused in the same words, or goes beyond MLflow', () => {
  test.each(titled.filter(({ verdict }) => verdict.message))('$title', ({ verdict }) => {
    const answer = answerTo(verdict)
    if ('accepted' in answer) return expect(goesBeyondMlflow(answer.accepted, verdict)).toBe(true)
    expect(answer.error).toBe(verdict.error)
    if (answer.message === verdict.message) return
    expect(verdict.message).toSatisfy((message: string) => notOurMistake.some((pattern) => pattern.test(message)))
  })
})

describe('a filter that MLflow fails on is refused as invalid, or has a plain meaning', () => {
  test.each(titled.filter(({ verdict }) => verdict.crash))('$title', ({ verdict }) => {
    const answer = answerTo(verdict)
    if ('error' in answer) return expect(answer.error).toBe('INVALID_PARAMETER_VALUE')
    // A number beyond 64 bits, or what goes beyond MLflow.
    const plain = /\d{19,}/.test(verdict.filter) || goesBeyondMlflow(answer.accepted, verdict)
    expect(plain).toBe(true)
  })
})

describe('an order is accepted or refused as by MLflow', () => {
  test.each(titledOrders)('$title', ({ verdict }) => {
    const answer = orderAnswerTo(verdict)
    const aggregate = /^(?:min|max|first|last) ?\(metrics\./.test(verdict.order_by[0] ?? '')
    if (verdict.found || (aggregate && !/foo$/.test(verdict.order_by[0] ?? '') && verdict.entity === 'runs')) {
      return expect(answer).toEqual({ accepted: null })
    }
    if (verdict.crash) return expect(answer).toMatchObject({ error: 'INVALID_PARAMETER_VALUE' })
    expect(answer).toEqual({ error: verdict.error, message: verdict.message })
  })
})
