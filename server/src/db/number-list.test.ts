import { describe, expect, test } from 'vitest'
import { databases, openTestDatabase } from '../testing/databases.ts'
import { numberListText, numberRows } from './number-list.ts'

describe.each(databases)('a list of numbers on %s', (engine) => {
  test('is rows with places, exact and in any order', async () => {
    await using database = await openTestDatabase(engine)
    const numbers = [7, -(2n ** 63n), 2n ** 63n - 1n, 0, 7]
    const rows = await database.read
      .selectFrom(numberRows(database.read, numberListText(numbers)).as('list'))
      .select(['list.place', 'list.number'])
      .orderBy('list.place')
      .execute()
    expect(rows).toEqual(numbers.map((number, place) => ({ place, number })))
  })

  test('may be empty', async () => {
    await using database = await openTestDatabase(engine)
    const rows = await database.lookup
      .selectFrom(numberRows(database.lookup, numberListText([])).as('list'))
      .select('list.number')
      .execute()
    expect(rows).toEqual([])
  })
})
