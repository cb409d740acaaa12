import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { handlers } from '../../app.ts'
import type { Database } from '../../db/database.ts'
import { openTestDatabase } from '../../testing/databases.ts'
import { type Attempt, tryEveryRoute } from '../../testing/permission-table.ts'
import { permissionsPage } from '../../testing/permissions-page.ts'

let db: Database
let attempts: Attempt[]
beforeAll(async () => {
  db = await openTestDatabase('sqlite')
  attempts = await tryEveryRoute(db)
}, 120_000)
afterAll(() => db[Symbol.asyncDispose]())

const named = ({ role, place, permanent }: Attempt) =>
  `${role}: ${place.method} ${place.url}${permanent ? ' for good' : ''}`

test('the guide says who may do what (vitest -u writes the page anew)', async () => {
  const page = join(import.meta.dirname, '../../../../docs/guide/permissions.md')
  await expect(permissionsPage(attempts)).toMatchFileSnapshot(page)
})

test('AUTHZ-01 every route decides: strangers are asked to log in, administrators reach every handler', () => {
  const wrong = attempts.filter(({ role, passed, status, endpoint }) => {
    if (role === 'platform administrator') return !passed
    if (role === 'anonymous') return endpoint.permission !== 'public' && status !== 401
    return passed ? status >= 400 : ![403, 404].includes(status)
  })
  expect(wrong.map((attempt) => `${named(attempt)}: ${attempt.status} ${attempt.body}`)).toEqual([])
  expect(attempts.length).toBeGreaterThan(5_000)
})

test('AUTHZ-01 a caller without any grant reaches nothing but what shows nothing of others', () => {
  const reached = attempts.filter(({ role, passed }) => role === 'no grant' && passed)
  const permissions = new Set(reached.map(({ endpoint }) => endpoint.permission))
  expect([...permissions].sort()).toEqual(['platform.read', 'registry.read', 'self'])
})

test('AUTHZ-02 the twins of a route answer alike', () => {
  const twins = Map.groupBy(
    attempts,
    ({ endpoint, mount, role, permanent, place }) =>
      `${endpoint.id} ${mount.kind} ${role} ${permanent} ${place.dialect} ${place.url.includes('/presigned/')}`,
  )
  for (const [name, group] of twins) {
    expect(new Set(group.map(({ status }) => status)).size, name).toBe(1)
  }
})

test('AUTHZ-01 refusals of AIDP never say 403; MLflow says it to those alone who see the object', () => {
  for (const attempt of attempts) {
    if (attempt.passed || attempt.role === 'anonymous') continue
    const body = JSON.parse(attempt.body) as Record<string, string>
    if (attempt.place.dialect === 'aidp') {
      expect(attempt.status, named(attempt)).toBe(404)
      expect(body, named(attempt)).toMatchObject({ code: 'NotAuthorizedOrNotFound' })
    } else if (attempt.status === 404) {
      expect(body['error_code'], named(attempt)).toBe('RESOURCE_DOES_NOT_EXIST')
    } else {
      expect(body['error_code'], named(attempt)).toBe('PERMISSION_DENIED')
    }
    const sees = attempt.role !== 'no grant' && attempt.status === 403
    if (sees && attempt.endpoint.permission.startsWith('model.')) {
      expect(['READ', 'MANAGE', 'ADMIN', 'USER and ADMIN', 'read-only token'], named(attempt)).toContain(attempt.role)
    }
  }
})

test('AUTHZ-01 every endpoint about a model names it, so that the gate knows which', () => {
  for (const { endpoint } of handlers) {
    if (!endpoint.permission.startsWith('model.')) continue
    const { fields } = endpoint.kind === 'message' ? endpoint.request : endpoint.query
    expect(fields['name'] ?? fields['registeredModelKey'], endpoint.id).toBeDefined()
  }
})
