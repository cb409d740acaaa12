import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { RequestLog } from './request-log.ts'

function logOf(): { readonly lines: Record<string, unknown>[]; readonly children: unknown[]; log: FastifyBaseLogger } {
  const lines: Record<string, unknown>[] = []
  const children: unknown[] = []
  const parent = pino({ level: 'debug', base: null }, { write: (line) => lines.push(JSON.parse(line)) })
  parent.onChild = (child) => children.push(child)
  return { lines, children, log: new RequestLog(parent, { requestId: 'r1' }) }
}

test('every line carries the id of its request, and all come from one child', () => {
  const { lines, children, log } = logOf()
  log.info({ a: 1 }, 'first')
  log.error('second')
  log.child({ part: 'p' }).warn('third')
  expect(lines).toMatchObject([
    { level: 30, requestId: 'r1', a: 1, msg: 'first' },
    { level: 50, requestId: 'r1', msg: 'second' },
    { level: 40, requestId: 'r1', part: 'p', msg: 'third' },
  ])
  expect(children).toHaveLength(2)
})

test('a request that writes nothing has no child', () => {
  expect(logOf().children).toEqual([])
})
