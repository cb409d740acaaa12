import { expect, test } from 'vitest'
import { bool, list, message, string } from '../contract/wire.ts'
import { parseQuery, requestFromQuery } from './request-query.ts'

const type = message('Search', { name: string(), order_by: list(string()), isPrivate: bool() })

test.each([
  ['name=&order_by=&isPrivate=', {}],
  ['name=&name=a&order_by=x&order_by=&order_by=y', { name: 'a', order_by: ['x', 'y'] }],
  ['isPrivate=false&unknown=', { isPrivate: false }],
])("in AIDP's dialect an empty value of %s is none", (query, json) => {
  expect(requestFromQuery(type, parseQuery(query), 'aidp')).toEqual(json)
})

test("in MLflow's dialect an empty text is one", () => {
  expect(requestFromQuery(type, parseQuery('name=&order_by='), 'mlflow')).toEqual({ name: '', order_by: [''] })
})
