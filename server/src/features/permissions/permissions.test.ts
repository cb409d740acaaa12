import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { grantKind } from '../../db/tables/permission-tables.ts'
import { createTestWorkspace } from '../../testing/create-test-workspace.ts'
import { databases } from '../../testing/databases.ts'
import { makeAdministrator, makeUser, type TestUser } from '../../testing/log-in.ts'
import { startTestServer, type TestServer } from '../../testing/start-test-server.ts'

const root = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default'
const models = `${root}/mlops/api/2.0/mlflow/registered-models`
const stock = '/api/2.0/mlflow'

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
}

describe.each(databases)('permissions on %s', (engine) => {
  let server: TestServer
  let admin: TestUser
  let nobody: TestUser
  let user: TestUser
  let privileged: TestUser
  let keeper: TestUser
  let other: string
  let count = 0

  beforeAll(async () => {
    server = await startTestServer(engine)
    other = 'other'
    await createTestWorkspace(server.db, other)
    admin = await makeAdministrator(server)
    const make = (name: string) => makeUser(server, admin.mlflow, { name })
    ;[nobody, user, privileged, keeper] = [
      await make('nobody'),
      await make('ursula'),
      await make('pia'),
      await make('kay'),
    ]
    await grantIn('default', 'USER', user.id)
    await grantIn('default', 'PRIVILEGED_USER', privileged.name)
    await grantIn('default', 'ADMINISTRATOR', keeper.name)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function ask(
    who: TestUser,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'PATCH',
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await server.http.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${who.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    let read: unknown = answer.body
    try {
      read = JSON.parse(answer.body)
    } catch {
      // Not every answer is JSON.
    }
    return { status: answer.statusCode, body: read, headers: answer.headers }
  }

  const half = (permission: string | readonly string[], targets: string | readonly string[], type = 'USER') => ({
    assignees: { type, targets: [targets].flat() },
    permissions: [permission].flat(),
  })
  const manageWorkspace = (who: TestUser, workspace: string, body: object) =>
    ask(who, 'POST', `${root}/workspaces/${workspace}/actions/managePermission`, body)
  const manageModel = (who: TestUser, model: string, body: object) =>
    ask(who, 'POST', `${models}/${model}/actions/managePermission`, body)
  const grantOn = (model: string, permission: string, target: string, who = admin) =>
    manageModel(who, model, { assignRegisteredModelPermissionDetails: half(permission, target) })

  async function grantIn(workspace: string, permission: string, target: string): Promise<void> {
    const answer = await manageWorkspace(admin, workspace, {
      assignWorkspacePermissionDetails: half(permission, target),
    })
    expect(answer).toMatchObject({ status: 204, body: '' })
  }

  async function newModel(who: TestUser = admin): Promise<string> {
    const name = `model.number.m${++count}`
    expect((await ask(who, 'POST', `${stock}/registered-models/create`, { name })).status).toBe(200)
    return name
  }

  const see = (who: TestUser, name: string) => ask(who, 'GET', `${stock}/registered-models/get?name=${name}`)

  test('list and manage the permissions of a model: shape, order, pages', async () => {
    const name = await newModel(user)
    const first = await ask(user, 'GET', `${models}/${name}/permissions`)
    expect(first.body).toEqual({
      items: [{ grantee: user.id, granteeName: 'ursula', granteeType: 'USER', granteePermissions: ['ADMIN'] }],
    })
    const changed = await manageModel(user, name, {
      assignRegisteredModelPermissionDetails: half(['READ', 'MANAGE'], [nobody.id, 'pia']),
    })
    expect(changed).toMatchObject({ status: 204, body: '' })
    const names = async (query: string) => {
      const found: string[] = []
      let page = ''
      do {
        const answer = await ask(nobody, 'GET', `${models}/${name}/permissions?${query}&page=${page}`)
        expect(answer.status).toBe(200)
        found.push(...answer.body.items.map((item: { granteeName: string }) => item.granteeName))
        page = String(answer.headers['opc-next-page'] ?? '')
      } while (page !== '')
      return found
    }
    expect(await names('sortBy=displayName&limit=1')).toEqual(['nobody', 'pia', 'ursula'])
    expect(await names('sortBy=displayName&sortOrder=DESC&limit=2')).toEqual(['ursula', 'pia', 'nobody'])
    expect((await names('limit=1')).at(-1)).toBe('ursula')
    const swapped = await manageModel(user, name, {
      revokeRegisteredModelPermissionDetails: half('MANAGE', 'pia'),
      assignRegisteredModelPermissionDetails: half('ADMIN', 'pia'),
    })
    expect(swapped.status).toBe(204)
    const list = await ask(user, 'GET', `${models}/${name}/permissions?sortBy=displayName`)
    expect(list.body.items[1]).toMatchObject({ granteeName: 'pia', granteePermissions: ['READ', 'ADMIN'] })
  })

  test.each([
    [{}, 'MissingParameter'],
    [{ assignRegisteredModelPermissionDetails: { assignees: { type: 'USER', targets: ['pia'] } } }, 'MissingParameter'],
    [{ assignRegisteredModelPermissionDetails: half('OWNER', 'pia') }, 'InvalidParameter'],
    [{ assignRegisteredModelPermissionDetails: half('READ', 'pia', 'PERSON') }, 'InvalidParameter'],
    [
      { assignRegisteredModelPermissionDetails: half('READ', 'nobody at all') },
      'RelatedResourceNotAuthorizedOrNotFound',
    ],
    [
      { assignRegisteredModelPermissionDetails: half('READ', 'pia', 'GROUP') },
      'RelatedResourceNotAuthorizedOrNotFound',
    ],
    [
      { assignRegisteredModelPermissionDetails: half('READ', 'OTHERS', 'ROLE') },
      'RelatedResourceNotAuthorizedOrNotFound',
    ],
    [{ assignRegisteredModelPermissionDetails: half('READ', []) }, /MissingParameter|InvalidParameter/],
  ])('AUTHZ-14 refuses to manage with %j', async (body, code) => {
    const name = await newModel()
    const answer = await manageModel(admin, name, body)
    expect(answer.status).toBe(400)
    expect(answer.body.code).toMatch(code)
  })

  test('a request to manage is done whole or not at all', async () => {
    const name = await newModel(user)
    const answer = await manageModel(user, name, {
      revokeRegisteredModelPermissionDetails: half('ADMIN', 'ursula'),
      assignRegisteredModelPermissionDetails: half('READ', 'nobody at all'),
    })
    expect(answer.status).toBe(400)
    const list = await ask(user, 'GET', `${models}/${name}/permissions`)
    expect(list.body.items).toMatchObject([{ granteeName: 'ursula', granteePermissions: ['ADMIN'] }])
  })

  test('AUTHZ-14 only an ADMIN grants; nobody raises itself, and an ADMIN of one model is nothing on another', async () => {
    const [mine, foreign] = [await newModel(user), await newModel(admin)]
    expect((await grantOn(mine, 'MANAGE', 'nobody')).status).toBe(204)
    const raise = await grantOn(mine, 'ADMIN', 'nobody', nobody)
    expect(raise).toMatchObject({ status: 404, body: { code: 'NotAuthorizedOrNotFound' } })
    expect((await grantOn(foreign, 'ADMIN', 'ursula', user)).status).toBe(404)
    const remove = await manageModel(nobody, mine, {
      revokeRegisteredModelPermissionDetails: half('ADMIN', 'ursula'),
    })
    expect(remove.status).toBe(404)
    const inWorkspace = { assignWorkspacePermissionDetails: half('ADMINISTRATOR', 'ursula') }
    expect((await manageWorkspace(user, 'default', inWorkspace)).status).toBe(404)
    expect((await manageWorkspace(keeper, other, inWorkspace)).status).toBe(404)
    expect((await manageWorkspace(privileged, 'default', inWorkspace)).status).toBe(404)
    const list = await ask(user, 'GET', `${root}/workspaces/default/permissions`)
    expect(list.body.items).toMatchObject([
      { granteeName: 'kay', granteePermissions: ['ADMINISTRATOR'] },
      { granteeName: 'pia', granteePermissions: ['PRIVILEGED_USER'] },
      { granteeName: 'ursula', granteePermissions: ['USER'] },
    ])
    expect((await ask(user, 'GET', `${root}/workspaces/${other}/permissions`)).status).toBe(404)
  })

  test('AUTHZ-14 the last administrator of a model and of a workspace stays', async () => {
    const name = await newModel(user)
    const last = await manageModel(user, name, { revokeRegisteredModelPermissionDetails: half('ADMIN', 'ursula') })
    expect(last).toMatchObject({ status: 409, body: { code: 'Conflict' } })
    const handOver = await manageModel(user, name, {
      revokeRegisteredModelPermissionDetails: half('ADMIN', 'ursula'),
      assignRegisteredModelPermissionDetails: half('ADMIN', 'pia'),
    })
    expect(handOver.status).toBe(204)
    expect((await see(user, name)).status).toBe(404)
    const keeps = await manageWorkspace(keeper, 'default', {
      revokeWorkspacePermissionDetails: half('ADMINISTRATOR', 'kay'),
    })
    expect(keeps).toMatchObject({ status: 409, body: { code: 'Conflict' } })
  })

  test('AUTHZ-14 two who remove each other at the same moment leave one', async () => {
    const name = await newModel(user)
    await grantOn(name, 'ADMIN', 'pia')
    const revoke = (target: string) => ({ revokeRegisteredModelPermissionDetails: half('ADMIN', target) })
    const answers = await Promise.all([
      manageModel(admin, name, revoke('pia')),
      manageModel(admin, name, revoke('ursula')),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  })

  test('groups and everyone count; a grant works at once, and so does its end', async () => {
    const name = await newModel()
    const group = (await admin.mlflow.post('/2.0/runstead/groups', { name: 'readers' })).body
    const groupId: string = group.group?.id ?? group.id
    await manageModel(admin, name, { assignRegisteredModelPermissionDetails: half('READ', 'readers', 'GROUP') })
    expect((await see(nobody, name)).status).toBe(404)
    await admin.mlflow.post(`/2.0/runstead/groups/${groupId}/members`, { user_id: nobody.id })
    expect((await see(nobody, name)).status).toBe(200)
    await manageModel(admin, name, { revokeRegisteredModelPermissionDetails: half('READ', 'readers', 'GROUP') })
    expect((await see(nobody, name)).status).toBe(404)
    await manageModel(admin, name, { assignRegisteredModelPermissionDetails: half('READ', 'ALL_USERS', 'ROLE') })
    expect((await see(user, name)).status).toBe(200)
    const guest = await makeUser(server, admin.mlflow, { name: 'guest' })
    const search = () => ask(guest, 'POST', `${stock}/experiments/search`, { max_results: 5 })
    expect((await search()).status).toBe(403)
    await grantIn('default', 'USER', 'guest')
    expect((await search()).status).toBe(200)
    await manageWorkspace(admin, 'default', { revokeWorkspacePermissionDetails: half('USER', 'guest') })
    expect((await search()).status).toBe(403)
  })

  test('who may create workspaces', async () => {
    const create = (who: TestUser, displayName: string) => ask(who, 'POST', `${root}/workspaces`, { displayName })
    expect((await create(user, 'mine')).status).toBe(404)
    const manage = { assignCreateWorkspacePermissionDetails: { assignees: { type: 'USER', targets: ['ursula'] } } }
    expect((await ask(user, 'POST', `${root}/actions/manageCreateWorkspacePermission`, manage)).status).toBe(404)
    expect((await ask(admin, 'POST', `${root}/actions/manageCreateWorkspacePermission`, manage)).status).toBe(204)
    const list = await ask(admin, 'GET', `${root}/createWorkspacePermissions`)
    expect(list.body.items).toEqual([
      { grantee: user.id, granteeName: 'ursula', granteeType: 'USER', granteePermissions: ['CREATE_WORKSPACE'] },
    ])
    const made = await create(user, 'mine')
    expect(made.status).toBe(201)
    const permissions = await ask(user, 'GET', `${root}/workspaces/${made.body.key}/permissions`)
    expect(permissions.body.items).toMatchObject([{ granteeName: 'ursula', granteePermissions: ['ADMINISTRATOR'] }])
    expect((await ask(nobody, 'GET', `${root}/workspaces`)).body.items).toEqual([])
    const seen = await ask(user, 'GET', `${root}/workspaces`)
    expect(seen.body.items.map((item: { displayName: string }) => item.displayName).sort()).toHaveLength(2)
  })

  test('AUTHZ-01 what may not be seen is answered in the words of what is not there', async () => {
    const name = await newModel()
    const gone = `${name}x`
    const same = async (who: TestUser, url: (name: string) => string, present: string, absent: string) => {
      const [hidden, missing] = [await ask(who, 'GET', url(present)), await ask(who, 'GET', url(absent))]
      expect(hidden.status).toBe(404)
      expect(missing.status).toBe(404)
      expect(JSON.stringify(hidden.body).replaceAll(present, '…')).toBe(
        JSON.stringify(missing.body).replaceAll(absent, '…'),
      )
      return missing.body
    }
    for (const at of [stock, `${root}/mlops/api/2.0/mlflow`]) {
      await same(nobody, (one) => `${at}/registered-models/get?name=${one}`, name, gone)
      await same(nobody, (one) => `${at}/model-versions/get?name=${one}&version=1`, name, gone)
      // An administrator is told the same of what is not there.
      const forAdmin = await ask(admin, 'GET', `${at}/registered-models/get?name=${gone}`)
      expect(forAdmin.body).toEqual((await ask(nobody, 'GET', `${at}/registered-models/get?name=${gone}`)).body)
    }
    const run = (await admin.mlflow.post('/2.0/mlflow/runs/create', { experiment_id: '0' })).body.run.info.run_id
    const missingRun = '0'.repeat(32)
    const body = await same(nobody, (one) => `${stock}/runs/get?run_id=${one}`, run, missingRun)
    expect(body).toEqual((await ask(user, 'GET', `${stock}/runs/get?run_id=${missingRun}`)).body)
    const inside = (one: string) => `${root}/workspaces/${one}/mlops/api/2.0/mlflow/runs/get?run_id=${run}`
    await same(nobody, inside, other, 'nix')
    await same(user, (one) => `${root}/workspaces/${one}`, other, 'nix')
  })

  test('a reader of a model is told 403 by MLflow and 404 by AIDP, and changes nothing', async () => {
    const name = await newModel()
    await grantOn(name, 'READ', 'nobody')
    expect((await see(nobody, name)).status).toBe(200)
    const tag = { name, key: 'k', value: 'v' }
    expect(await ask(nobody, 'POST', `${stock}/registered-models/set-tag`, tag)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED' },
    })
    expect(await ask(nobody, 'POST', `${models}/set-tag`, tag)).toMatchObject({
      status: 404,
      body: { code: 'NotAuthorizedOrNotFound', message: `Registered Model with name=${name} not found` },
    })
    await grantOn(name, 'MANAGE', 'nobody')
    expect((await ask(nobody, 'POST', `${models}/set-tag`, tag)).status).toBe(200)
    expect((await ask(nobody, 'POST', `${models}/delete`, { name })).status).toBe(404)
    await grantOn(name, 'ADMIN', 'nobody')
    // Renaming makes a name, for which one must work somewhere.
    expect((await ask(nobody, 'POST', `${models}/rename`, { name, new_name: `${name}2` })).status).toBe(404)
    expect((await ask(nobody, 'POST', `${models}/delete`, { name })).status).toBe(200)
  })

  test('a USER may delete and restore, but not for good; a PRIVILEGED_USER may', async () => {
    const at = `${root}/workspaces/default/mlops/api/2.0/mlflow/runs`
    const create = await ask(user, 'POST', `${at}/create`, { experiment_id: '0' })
    const run_id = create.body.run.info.run_id
    expect((await ask(user, 'POST', `${at}/delete`, { run_id })).status).toBe(200)
    expect((await ask(user, 'POST', `${at}/restore`, { run_id })).status).toBe(200)
    const forGood = { run_id, is_permanent: true }
    expect(await ask(user, 'POST', `${at}/delete`, forGood)).toMatchObject({
      status: 404,
      body: { message: `Run with id=${run_id} not found` },
    })
    expect((await ask(user, 'POST', `${stock}/runs/delete`, forGood)).status).toBe(403)
    expect((await ask(user, 'GET', `${at}/get?run_id=${run_id}`)).status).toBe(200)
    expect((await ask(privileged, 'POST', `${at}/delete`, forGood)).status).toBe(200)
  })

  test.each([
    ['GET', '/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a.txt'],
    ['GET', '/ajax-api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a.txt'],
    ['HEAD', '/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a.txt'],
    ['PUT', '/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a.txt'],
    ['DELETE', '/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a.txt'],
    ['GET', '/api/2.0/mlflow-artifacts/artifacts?path=0'],
    ['GET', '/api/2.0/mlflow-artifacts/artifacts'],
    ['POST', '/api/2.0/mlflow-artifacts/mpu/create/0/r'],
    ['POST', '/api/2.0/mlflow-artifacts/mpu/complete/0/r'],
    ['POST', '/api/2.0/mlflow-artifacts/mpu/abort/0/r'],
    ['GET', '/api/2.0/mlflow-artifacts/presigned/0/r/artifacts/a.txt'],
    ['POST', '/api/2.0/mlflow/artifacts/presigned-upload-url'],
    ['POST', '/api/2.0/mlflow/artifacts/presigned-download-url'],
    ['GET', '/api/2.0/mlflow/artifacts/list?run_id=r'],
    ['GET', '/get-artifact?run_id=r&path=a.txt'],
    ['POST', '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=r&path=a.txt'],
    ['GET', '/model-versions/get-artifact?name=n&version=1&path=a.txt'],
    ['GET', '/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_path=a.txt'],
    ['GET', '/api/2.0/mlflow/logged-models/m-1/artifacts/directories'],
  ] as const)('AUTHZ-04 AUTHZ-05 AUTHZ-06 AUTHZ-18 nobody reaches the files of others: %s %s', async (method, url) => {
    const body = { path: 'a.txt', parts: [{}], run_id: 'r', num_parts: 1 }
    const send = method === 'GET' || method === 'HEAD' ? undefined : body
    for (const mount of ['', `${root}/workspaces/default/mlops`]) {
      expect([403, 404]).toContain((await ask(nobody, method, mount + url, send)).status)
    }
    // A caller of this workspace does not reach another one.
    expect((await ask(user, method, `${root}/workspaces/${other}/mlops${url}`, send)).status).toBe(404)
  })

  test('AUTHZ-05 AUTHZ-13 uploads need the right to write, deletion of files that of a PRIVILEGED_USER', async () => {
    const file = '/api/2.0/mlflow-artifacts/artifacts/0/r1/artifacts/a.txt'
    expect((await ask(user, 'PUT', file, 'text')).status).toBe(200)
    const made = await ask(user, 'POST', `/api/2.0/runstead/users/${user.id}/tokens`, {
      name: 'reading',
      access: 'read',
    })
    expect(made.status).toBe(200)
    const reader = { ...user, token: made.body.secret }
    expect((await ask(reader, 'GET', file)).body).toBe('text')
    expect((await ask(reader, 'PUT', file, 'other')).status).toBe(403)
    expect((await ask(user, 'DELETE', file)).status).toBe(403)
    expect((await ask(user, 'GET', file)).status).toBe(200)
    expect((await ask(privileged, 'DELETE', file)).status).toBe(200)
    expect((await ask(user, 'GET', file)).status).toBe(404)
  })

  test('AUTHZ-03 HEAD needs what GET needs; other methods are no way around', async () => {
    const name = await newModel()
    const url = `${stock}/registered-models/get?name=${name}`
    expect((await ask(nobody, 'HEAD', url)).status).toBe(404)
    expect((await ask(admin, 'HEAD', url)).status).toBe(200)
    expect((await ask(nobody, 'PUT', url, {})).status).toBe(405)
    expect((await ask(nobody, 'OPTIONS', url)).status).toBe(204)
    const deleted = await ask(
      nobody,
      'POST',
      `${stock}/registered-models/get`,
      { name },
      { 'x-http-method-override': 'GET' },
    )
    expect(deleted.status).toBe(405)
  })

  test('AUTHZ-11 searches, pages and events show visible models alone; a page belongs to its caller', async () => {
    const shown: string[] = []
    for (let index = 0; index < 6; index++) {
      const name = await newModel()
      await ask(admin, 'POST', `${stock}/model-versions/create`, { name, source: 's3://bucket/x' })
      if (index % 2 === 0) {
        await grantOn(name, 'READ', 'nobody')
        shown.push(name)
      }
    }
    const mine = "name LIKE 'model.number.%'"
    const pages = async (list: 'registered-models' | 'model-versions', key: string) => {
      const found: string[] = []
      const tokens: string[] = []
      let token = ''
      do {
        const query = new URLSearchParams({ max_results: '2', filter: mine, page_token: token, order_by: 'name' })
        const { status, body } = await ask(nobody, 'GET', `${stock}/${list}/search?${query}`)
        expect(status).toBe(200)
        found.push(...(body[key] ?? []).map((row: { name: string }) => row.name))
        token = body.next_page_token ?? ''
        if (token !== '') tokens.push(token)
      } while (token !== '')
      return { found, tokens }
    }
    const visible = await pages('registered-models', 'registered_models')
    expect(visible.found).toEqual(expect.arrayContaining(shown))
    for (const name of visible.found) expect((await see(nobody, name)).status).toBe(200)
    const versions = await pages('model-versions', 'model_versions')
    expect(versions.found.sort()).toEqual([...shown].sort())
    const query = new URLSearchParams({
      max_results: '2',
      filter: mine,
      page_token: visible.tokens[0] ?? '',
      order_by: 'name',
    })
    const stolen = await ask(user, 'GET', `${stock}/registered-models/search?${query}`)
    expect(stolen).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    const events = await ask(nobody, 'GET', '/api/2.0/runstead/registry-events/search?max_results=1000')
    expect(events.body.events.length).toBeGreaterThanOrEqual(shown.length)
    const names = new Set<string>(events.body.events.map((event: { name: string }) => event.name))
    for (const name of names) expect((await see(nobody, name)).status).toBe(200)
  })

  test('AUTHZ-12 an id of another workspace in a list is as one that does not exist', async () => {
    const mine = (await ask(user, 'POST', `${stock}/runs/create`, { experiment_id: '0' })).body.run.info.run_id
    const at = `${root}/workspaces/${other}/mlops/api/2.0/mlflow`
    const experiment = (await ask(admin, 'POST', `${at}/experiments/create`, { name: 'theirs' })).body.experiment_id
    const theirs = (await ask(admin, 'POST', `${at}/runs/create`, { experiment_id: experiment })).body.run.info.run_id
    const url = `/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=a&run_id=${mine}&run_id=${theirs}`
    const answer = await ask(user, 'GET', url)
    const withNone = await ask(user, 'GET', url.replace(theirs, 'f'.repeat(32)))
    expect(JSON.stringify(answer.body).replaceAll(theirs, '…')).toBe(
      JSON.stringify(withNone.body).replaceAll('f'.repeat(32), '…'),
    )
    const search = await ask(user, 'POST', `${stock}/runs/search`, { experiment_ids: ['0', experiment] })
    expect(JSON.stringify(search.body)).not.toContain(theirs)
  })

  test('AUTHZ-15 rights die with their model; a rename carries them', async () => {
    const name = await newModel(user)
    await grantOn(name, 'READ', 'nobody')
    expect((await ask(user, 'POST', `${models}/rename`, { name, new_name: `${name}.new` })).status).toBe(200)
    expect((await see(nobody, `${name}.new`)).status).toBe(200)
    expect((await ask(admin, 'POST', `${stock}/registered-models/create`, { name })).status).toBe(200)
    expect((await see(nobody, name)).status).toBe(404)
    expect((await see(user, name)).status).toBe(404)
    expect((await ask(user, 'POST', `${models}/delete`, { name: `${name}.new` })).status).toBe(200)
    await ask(admin, 'POST', `${stock}/registered-models/create`, { name: `${name}.new` })
    expect((await see(nobody, `${name}.new`)).status).toBe(404)
    expect((await see(user, `${name}.new`)).status).toBe(404)
  })

  test('AUTHZ-15 rights die with their workspace', async () => {
    const made = await ask(admin, 'POST', `${root}/workspaces`, { displayName: 'short' })
    await grantIn(made.body.key, 'USER', 'nobody')
    expect((await ask(nobody, 'GET', `${root}/workspaces/${made.body.key}`)).status).toBe(200)
    expect((await ask(admin, 'DELETE', `${root}/workspaces/${made.body.key}`)).status).toBe(202)
    expect((await ask(nobody, 'GET', `${root}/workspaces`)).body.items).toEqual([])
    const left = await server.db.lookup
      .selectFrom('grants')
      .innerJoin('workspace_details as w', 'w.workspace', 'grants.object')
      .select('grantee')
      .where('grants.tenant', '=', 1)
      .where('grants.kind', '=', grantKind.workspace)
      .where('w.tenant', '=', 1)
      .where('w.key', '=', made.body.key)
      .execute()
    expect(left).toEqual([])
    const again = await ask(admin, 'POST', `${root}/workspaces`, { displayName: 'short' })
    expect((await ask(nobody, 'GET', `${root}/workspaces/${again.body.key}`)).status).toBe(404)
  })

  test('AUTHZ-16 rights die with their user', async () => {
    const first = await makeUser(server, admin.mlflow, { name: 'brief' })
    await grantIn('default', 'USER', 'brief')
    const name = await newModel()
    await grantOn(name, 'ADMIN', 'brief')
    expect((await admin.mlflow.delete(`/2.0/runstead/users/${first.id}`)).status).toBe(200)
    expect((await see(first, name)).status).toBe(401)
    const second = await makeUser(server, admin.mlflow, { name: 'brief' })
    expect((await see(second, name)).status).toBe(404)
    expect((await ask(second, 'POST', `${stock}/experiments/search`, { max_results: 1 })).status).toBe(403)
    const list = await ask(admin, 'GET', `${models}/${name}/permissions`)
    expect(list.body.items.map((item: { grantee: string }) => item.grantee)).not.toContain(first.id)
  })

  test('AUTHZ-17 a workspace named by a header is as hidden as one named by the path', async () => {
    const list = (workspace: string) =>
      ask(user, 'POST', `${stock}/experiments/search`, { max_results: 5 }, { 'x-mlflow-workspace': workspace })
    expect((await list('default')).status).toBe(200)
    const [hidden, missing] = [await list(other), await list('nix')]
    expect(hidden.status).toBe(404)
    expect(JSON.stringify(hidden.body).replaceAll(other, '…')).toBe(JSON.stringify(missing.body).replaceAll('nix', '…'))
  })

  test('AUTHZ-19 nothing is registered from models and runs that one may not read', async () => {
    const hidden = await newModel()
    await ask(admin, 'POST', `${stock}/model-versions/create`, { name: hidden, source: 's3://bucket/x' })
    const mine = await newModel(user)
    const copy = (source: string, run_id?: string, at = stock) =>
      ask(user, 'POST', `${at}/model-versions/create`, {
        name: mine,
        source,
        ...(run_id === undefined ? {} : { run_id }),
      })
    const [secret, missing] = [await copy(`models:/${hidden}/1`), await copy(`models:/${hidden}x/1`)]
    expect(secret.status).toBe(404)
    expect(JSON.stringify(secret.body).replaceAll(hidden, '…')).toBe(
      JSON.stringify(missing.body).replaceAll(`${hidden}x`, '…'),
    )
    const elsewhere = `${root}/workspaces/${other}/mlops/api/2.0/mlflow`
    const experiment = (await ask(admin, 'POST', `${elsewhere}/experiments/create`, { name: 'hidden' })).body
      .experiment_id
    const run = (await ask(admin, 'POST', `${elsewhere}/runs/create`, { experiment_id: experiment })).body.run
    const theirs = await copy(`${run.info.artifact_uri}/model`, run.info.run_id, `${root}/mlops/api/2.0/mlflow`)
    expect(theirs.status).toBe(400)
    const target = await newModel()
    const into = await ask(user, 'POST', `${stock}/model-versions/create`, { name: target, source: 's3://bucket/x' })
    expect(into.status).toBe(404)
  })

  test('AUTHZ-22 what is deleted needs the same rights', async () => {
    const made = await ask(user, 'POST', `${stock}/experiments/create`, { name: `gone ${++count}` })
    const { experiment_id } = made.body
    await ask(user, 'POST', `${stock}/experiments/delete`, { experiment_id })
    expect((await ask(user, 'GET', `${stock}/experiments/get?experiment_id=${experiment_id}`)).status).toBe(200)
    expect((await ask(nobody, 'GET', `${stock}/experiments/get?experiment_id=${experiment_id}`)).status).toBe(404)
    expect((await ask(nobody, 'POST', `${stock}/experiments/restore`, { experiment_id })).status).toBe(404)
    const search = { max_results: 5, view_type: 'DELETED_ONLY' }
    expect((await ask(nobody, 'POST', `${stock}/experiments/search`, search)).status).toBe(403)
  })

  test('a token of some workspaces is good for these alone', async () => {
    const made = await ask(admin, 'POST', `/api/2.0/runstead/users/${admin.id}/tokens`, {
      name: 'there',
      access: 'write',
      workspaces: [other],
    })
    expect(made.status, JSON.stringify(made.body)).toBe(200)
    const limited = { ...admin, token: made.body.secret }
    const search = (mount: string) =>
      ask(limited, 'POST', `${mount}/api/2.0/mlflow/experiments/search`, { max_results: 5 })
    expect((await search(`${root}/workspaces/${other}/mlops`)).status).toBe(200)
    expect((await search(`${root}/workspaces/default/mlops`)).status).toBe(404)
    expect([403, 404]).toContain((await search('')).status)
    expect((await ask(limited, 'GET', `${models}/search`)).status).toBe(404)
    const change = { assignWorkspacePermissionDetails: half('USER', 'nobody') }
    expect((await manageWorkspace(limited, other, change)).status).toBe(404)
  })
})
