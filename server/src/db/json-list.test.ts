import { describe, expect, test } from 'vitest'
import { tenantOf } from '../lib/tenant.ts'
import { databases, openTestDatabase } from '../testing/databases.ts'
import type { Database } from './database.ts'
import { jsonList, parseJsonList } from './json-list.ts'
import { keyKind } from './tables/tables.ts'

const tenant = tenantOf(1)
const texts = [
  '',
  ' ',
  '"',
  '\\',
  '\n\r\t\u0001\u007f',
  '{"a": 1}',
  'null',
  '12',
  'Zoë',
  '模型',
  '😀',
  '\u2028',
  'x'.repeat(2000),
]

function listsOf({ read }: Database, experiment: number) {
  return read
    .selectFrom('keys')
    .where('tenant', '=', tenant)
    .where('experiment', '=', experiment)
    .select(({ ref }) => [jsonList(read, ref('key')).as('keys'), jsonList(read, ref('name')).as('names')])
    .executeTakeFirstOrThrow()
}

describe.each(databases)('all values of a column as one list on %s', (engine) => {
  test('are what was stored, in one order for all columns', async () => {
    await using database = await openTestDatabase(engine)
    // PostgreSQL stores no NUL.
    const names = engine === 'sqlite' ? [...texts, 'a\0b'] : texts
    const rows = names.map((name, index) => ({
      tenant,
      experiment: 7,
      kind: keyKind.tag,
      key: 2 ** 31 - 1 - index,
      name,
    }))
    await database.write(tenant, (tx) => tx.insertInto('keys').values(rows).execute())
    const lists = await listsOf(database, 7)
    const [keys, found] = [parseJsonList(lists.keys), parseJsonList(lists.names)]
    expect(new Map(keys.map((key, place) => [key, found[place]]))).toEqual(
      new Map(rows.map(({ key, name }) => [key, name])),
    )
  })

  test('are empty where there are no rows', async () => {
    await using database = await openTestDatabase(engine)
    const { keys, names } = await listsOf(database, 8)
    expect([parseJsonList(keys), parseJsonList(names)]).toEqual([[], []])
  })
})
