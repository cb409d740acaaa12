import { expect, test } from 'vitest'
import { notFound } from '../../errors/errors.ts'
import { isAbsent, storeErrorOf } from './file-errors.ts'

const failure = (code: string) => Object.assign(new Error(code), { code })

test('a full disk is a state of the server, with its cause for the log', () => {
  const cause = failure('ENOSPC')
  expect(storeErrorOf(cause)).toMatchObject({
    code: 'unavailable',
    cause,
    message: 'The artifact store has no space left',
  })
})

test('what has no meaning for the caller passes through', () => {
  const broken = failure('EIO')
  const refused = notFound('x')
  expect(storeErrorOf(broken)).toBe(broken)
  expect(storeErrorOf(refused)).toBe(refused)
  expect(isAbsent(broken)).toBe(false)
  expect(isAbsent('ENOENT')).toBe(false)
})
