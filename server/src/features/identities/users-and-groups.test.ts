import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { makeAdministrator, makeUser, type TestUser } from '../../testing/log-in.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const users = '/2.0/runstead/users'
const groups = '/2.0/runstead/groups'

describe.each(databases)('users and groups on %s', (engine) => {
  let server: TestServer
  let root: TestUser
  beforeAll(async () => {
    server = await startTestServer(engine)
    root = await makeAdministrator(server)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('a user is made, read by id and by name, renamed and deleted', async () => {
    const made = await root.mlflow.post(users, { name: 'ann@example.org', kind: 'service' })
    expect(made).toMatchObject({
      status: 200,
      body: { user: { name: 'ann@example.org', kind: 'service', administrator: false, disabled: false } },
    })
    const { id } = made.body.user
    expect(id).toMatch(/^ocid1\.user\.local\.\.[0-9a-f]{32}$/)
    expect(made.body.secret).toBeUndefined()
    expect((await root.mlflow.get(`${users}/${id}`)).body).toEqual(
      (await root.aidp.get(`${users}/ann@example.org`)).body,
    )
    expect(await root.mlflow.patch(`${users}/${id}`, { name: 'ann' })).toMatchObject({
      body: { user: { name: 'ann' } },
    })
    expect((await root.mlflow.get(`${users}/ann@example.org`)).status).toBe(404)
    expect((await root.aidp.get(`${users}/ann`)).headers['etag']).toBe('"2"')
    expect((await root.mlflow.delete(`${users}/ann`)).status).toBe(200)
    expect((await root.mlflow.get(`${users}/${id}`)).body.error_code).toBe('RESOURCE_DOES_NOT_EXIST')
  })

  test('an OCID that the user has elsewhere is kept', async () => {
    const id = 'ocid1.user.oc1..aaaaexample'
    expect((await root.mlflow.post(users, { name: 'elsewhere', id })).body.user.id).toBe(id)
    expect((await root.mlflow.post(users, { name: 'other', id })).body.error_code).toBe('RESOURCE_ALREADY_EXISTS')
  })

  test.each([
    '',
    ' ',
    'a b',
    'a:b',
    '-a',
    'me',
    'token',
    'anonymous',
    'ocid1.x',
    'a/b',
    'a\nb',
    'x'.repeat(129),
    '<b>',
  ])('the name %j is refused', async (name) => {
    expect(await root.mlflow.post(users, { name })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining("'name'") },
    })
  })

  test('a name is given once', async () => {
    await makeUser(server, root.mlflow, { name: 'twin' })
    const second = await root.aidp.post(users, { name: 'twin' })
    expect(second).toMatchObject({ status: 400, body: { error_code: 'RESOURCE_ALREADY_EXISTS' } })
    await makeUser(server, root.mlflow, { name: 'other-twin' })
    expect((await root.mlflow.patch(`${users}/other-twin`, { name: 'twin' })).body.error_code).toBe(
      'RESOURCE_ALREADY_EXISTS',
    )
  })

  test('the last administrator stays', async () => {
    for (const answer of [
      await root.mlflow.delete(`${users}/root`),
      await root.mlflow.patch(`${users}/root`, { administrator: false }),
      await root.mlflow.patch(`${users}/root`, { disabled: true }),
    ]) {
      expect(answer.status).toBe(400)
      expect(answer.body.message).toContain('last administrator')
    }
    const second = await makeUser(server, root.mlflow, { name: 'second', administrator: true })
    expect((await second.mlflow.patch(`${users}/root`, { administrator: false })).status).toBe(200)
    expect((await second.mlflow.patch(`${users}/root`, { administrator: true })).status).toBe(200)
    expect((await root.mlflow.delete(`${users}/second`)).status).toBe(200)
  })

  test('pages of users hold everyone once, by name', async () => {
    const all = (await root.mlflow.get(users)).body.users.map(({ name }: { name: string }) => name)
    const paged: string[] = []
    let token: string | undefined
    do {
      const { body } = await root.mlflow.get(users, { max_results: 2, ...(token ? { page_token: token } : {}) })
      paged.push(...body.users.map(({ name }: { name: string }) => name))
      token = body.next_page_token
    } while (token)
    expect(paged).toEqual(all)
    expect(all).toEqual([...all].sort())
    expect((await root.mlflow.get(users, { max_results: 1001 })).status).toBe(400)
    expect((await root.mlflow.get(groups, { page_token: 'eyJx' })).status).toBe(400)
  })

  test('groups have members, and die with them', async () => {
    const group = (await root.mlflow.post(groups, { name: 'team' })).body.group
    expect(group.id).toMatch(/^ocid1\.group\.local\.\./)
    const member = await makeUser(server, root.mlflow, { name: 'member' })
    expect((await root.mlflow.post(`${groups}/team/members`, { user_id: 'member' })).status).toBe(200)
    expect((await root.mlflow.post(`${groups}/team/members`, { user_id: member.id })).status).toBe(200)
    expect((await root.mlflow.get(`${groups}/${group.id}/members`)).body.users).toMatchObject([{ id: member.id }])
    expect((await member.mlflow.get(`${users}/me`)).body.user.groups).toEqual([{ id: group.id, name: 'team' }])
    expect((await root.mlflow.patch(`${groups}/team`, { name: 'crew' })).body.group).toMatchObject({ name: 'crew' })
    expect((await root.mlflow.post(groups, { name: 'crew' })).body.error_code).toBe('RESOURCE_ALREADY_EXISTS')
    expect((await root.mlflow.delete(`${groups}/crew/members/member`)).status).toBe(200)
    expect((await root.mlflow.delete(`${groups}/crew/members/member`)).status).toBe(404)
    await root.mlflow.post(`${groups}/crew/members`, { user_id: 'member' })
    await root.mlflow.delete(`${users}/member`)
    expect((await root.mlflow.get(`${groups}/crew/members`)).body.users ?? []).toEqual([])
    expect((await root.mlflow.delete(`${groups}/crew`)).status).toBe(200)
    expect((await root.mlflow.get(`${groups}/crew`)).status).toBe(404)
  })

  test('only administrators see and change others', async () => {
    const plain = await makeUser(server, root.mlflow, { name: 'plain' })
    expect((await plain.mlflow.get(`${users}/me`)).body.user).toMatchObject({ id: plain.id, name: 'plain' })
    expect((await plain.mlflow.get(`${users}/plain`)).status).toBe(200)
    for (const other of ['root', 'nobody-of-that-name']) {
      expect(await plain.mlflow.get(`${users}/${other}`)).toMatchObject({
        status: 403,
        body: { error_code: 'PERMISSION_DENIED' },
      })
    }
  })
})

describe.each(databases)('the first user on %s', (engine) => {
  test('must be an administrator', async () => {
    await using server = await startTestServer(engine)
    const refused = await server.mlflow.post(users, { name: 'ann' })
    expect(refused.body.message).toContain('The first user must be an administrator')
    expect((await server.mlflow.get('/2.0/mlflow/experiments/get', { experiment_id: '0' })).status).toBe(200)
    expect((await server.mlflow.get(`${users}/me`)).body.message).toContain('no users yet')
  })
})
