import { describe, expect, test } from 'vitest'
import { AppError } from '../../../errors/app-error.ts'
import { DriverError, toCallerError } from '../../driver-error.ts'
import { breaksConnection, postgresError } from './postgres-error.ts'

const fromServer = (code: string) => Object.assign(new Error('message of the server'), { severity: 'ERROR', code })
const kindOf = (error: unknown) => {
  const classified = postgresError(error)
  return classified instanceof DriverError ? classified.kind : undefined
}

describe('errors of the server', () => {
  test.each([
    ['40001', 'conflict'],
    ['40P01', 'conflict'],
    ['55P03', 'conflict'],
    ['57P03', 'unreachable'],
    ['53300', 'unreachable'],
    ['25006', 'unreachable'],
    ['57P01', 'unknown'],
    ['40003', 'unknown'],
    ['57014', 'exhausted'],
    ['23505', 'unique'],
    ['22021', 'invalid-text'],
    ['42P01', 'other'],
  ])('%s is %s', (code, kind) => {
    expect(kindOf(fromServer(code))).toBe(kind)
  })
})

describe('errors of the driver, which have no code of the server', () => {
  test.each([
    ['Connection terminated unexpectedly', 'unknown'],
    ['Connection terminated', 'unknown'],
    ['Client has encountered a connection error and is not queryable', 'unknown'],
    ['Query read timeout', 'unknown'],
    ['timeout expired', 'unreachable'],
    ['timeout exceeded when trying to connect', 'unreachable'],
    ['Connection terminated due to connection timeout', 'unreachable'],
  ])('%s is %s', (message, kind) => {
    expect(kindOf(new Error(message))).toBe(kind)
  })

  test.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['ECONNRESET', 'unknown'],
    ['EPIPE', 'unknown'],
  ])('%s is %s', (code, kind) => {
    expect(kindOf(Object.assign(new Error('failed'), { code }))).toBe(kind)
  })
})

test('a connection is given up when it or its server is of no more use', () => {
  expect(breaksConnection(postgresError(fromServer('25006')))).toBe(true)
  expect(breaksConnection(postgresError(new Error('Connection terminated unexpectedly')))).toBe(true)
  expect(breaksConnection(postgresError(fromServer('40001')))).toBe(false)
  expect(breaksConnection(postgresError(fromServer('23505')))).toBe(false)
})

test('what is no error of the database stays as it is', () => {
  const mistake = new TypeError('not a function')
  expect(postgresError(mistake)).toBe(mistake)
  expect(toCallerError(mistake)).toBe(mistake)
})

test('the caller learns what it can do about it, and nothing of the server', () => {
  const unavailable = toCallerError(postgresError(fromServer('57P03')))
  expect(unavailable).toBeInstanceOf(AppError)
  expect(unavailable).toMatchObject({ code: 'unavailable', details: { retryAfterSeconds: 1 } })
  expect((unavailable as AppError).message).not.toContain('message of the server')
  expect(toCallerError(postgresError(fromServer('22021')))).toMatchObject({ code: 'invalid-parameter' })
  expect(toCallerError(postgresError(fromServer('42P01')))).toBeInstanceOf(DriverError)
})
