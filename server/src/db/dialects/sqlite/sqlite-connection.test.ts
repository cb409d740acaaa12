import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DriverError } from '../../driver-error.ts'
import { SqliteConnection } from './sqlite-connection.ts'

let directory: string
let connection: SqliteConnection

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-sqlite-'))
  connection = new SqliteConnection(join(directory, 'test.db'), 'writer')
  connection.exec('create table t (id integer not null primary key, n integer, x real, s text, b blob) strict')
})

afterEach(async () => {
  connection[Symbol.dispose]()
  await rm(directory, { recursive: true, force: true })
})

test('integers stay in integer arithmetic, whole numbers in real columns stay doubles', () => {
  connection.run('insert into t (id, n, x) values (?, ?, ?)', [1, 2n ** 62n, 3])
  connection.run('update t set n = n + ?, x = x / ? where id = ?', [1, 2, 1])
  expect(connection.get('select n, x, typeof(n) as tn, typeof(x) as tx, 7 / ? as whole from t', [2])).toEqual({
    n: 2n ** 62n + 1n,
    x: 1.5,
    tn: 'integer',
    tx: 'real',
    whole: 3,
  })
})

test('a returning statement that meets a great integer has its effect once', () => {
  const insert = 'insert into t (id, n) values (?, ?) returning id, n'
  expect(connection.all(insert, [1, 5])).toEqual([{ id: 1, n: 5 }])
  expect(connection.all(insert, [2, 2n ** 60n])).toEqual([{ id: 2, n: 2n ** 60n }])
  expect(connection.all('select count(*) as rows from t', [])).toEqual([{ rows: 2 }])
})

test('no rows, several rows, no such row', () => {
  expect(connection.all('select * from t', [])).toEqual([])
  expect(connection.get('select * from t', [])).toBeUndefined()
  for (const id of [1, 2, 3]) connection.run('insert into t (id, s) values (?, ?)', [id, `row ${id}`])
  expect(connection.all('select id, s from t order by id', [])).toEqual([
    { id: 1, s: 'row 1' },
    { id: 2, s: 'row 2' },
    { id: 3, s: 'row 3' },
  ])
})

test('more statements than are kept prepared', () => {
  for (let round = 0; round < 2; round++) {
    for (let number = 0; number < 600; number++) {
      expect(connection.get(`select ${number} as n`, [])).toEqual({ n: number })
    }
  }
})

test('errors are classified', () => {
  connection.run('insert into t (id) values (?)', [1])
  const kindOf = (sql: string) => {
    try {
      connection.run(sql, [])
      return undefined
    } catch (error) {
      return error instanceof DriverError ? error.kind : error
    }
  }
  expect(kindOf('insert into t (id) values (1)')).toBe('unique')
  expect(kindOf("insert into t (id, n) values (2, 'text')")).toBe('other')
  expect(kindOf('select no_such_column from t')).toBe('other')
  connection.exec('pragma query_only = on')
  expect(kindOf('insert into t (id) values (3)')).toBe('exhausted')
})

test('a parameter that SQLite has no type for is refused', () => {
  expect(() => connection.run('insert into t (id) values (?)', [true as never])).toThrow(TypeError)
  expect(() => connection.run('insert into t (id) values (?)', [undefined as never])).toThrow(TypeError)
})
