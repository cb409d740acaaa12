import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApp } from '../app.ts'
import { readServerConfig } from '../config/server-config.ts'
import { databases, makeTestDatabase, type TestDatabaseUrl } from '../testing/databases.ts'
import { type IdentityNoun, runIdentityCommand } from './identity-command.ts'

interface Said {
  /** Standard output. */
  readonly out: string[]
  /** Standard error. */
  readonly notes: string[]
}

async function runstead(noun: IdentityNoun, ...args: string[]): Promise<Said> {
  const said: Said = { out: [], notes: [] }
  const terminal = {
    print: (line: string) => void said.out.push(line),
    note: (line: string) => void said.notes.push(line),
  }
  await runIdentityCommand(noun, args, {}, terminal)
  return said
}

describe.each(databases)('commands about identities on %s', (engine) => {
  let directory: string
  let place: TestDatabaseUrl
  let database: string[]
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'runstead-cli-'))
    place = await makeTestDatabase(engine)
    database = ['--database', engine === 'sqlite' ? `sqlite:${place.url}` : place.url]
  })
  afterAll(async () => {
    await place[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  })

  test('make the first administrator before any server has started, then a server needs no --open-access', async () => {
    await expect(runstead('user', 'create', 'ann', ...database)).rejects.toThrow('first user must be an administrator')
    const { out, notes } = await runstead('user', 'create', 'ann', '--administrator', '--token', 'first', ...database)
    expect(out).toEqual([expect.stringMatching(/^rst_[\w-]{43}$/)])
    expect(notes[0]).toMatch(/^Created person 'ann' \(ocid1\.user\.local\.\.[0-9a-f]{32}\)\.$/)
    const config = readServerConfig(['--data-dir', directory, '--host', '0.0.0.0', ...database], {})
    await using app = await openApp({ config, log: pino({ level: 'silent' }) })
    expect(app.isOpen()).toBe(false)
    const headers = { authorization: `Bearer ${out[0]}` }
    expect(await app.http.inject({ url: '/api/2.0/runstead/users/me', headers })).toMatchObject({ statusCode: 200 })
  })

  test('work while a server runs, which notices within a second', async () => {
    const config = readServerConfig(['--data-dir', directory, ...database], {})
    await using app = await openApp({ config, log: pino({ level: 'silent' }) })
    const { out } = await runstead('token', 'create', 'ann', '--name', 'ci', '--expires', '1d', ...database)
    const ask = () =>
      app.http.inject({ url: '/api/2.0/runstead/users/me/tokens', headers: { authorization: `Bearer ${out[0]}` } })
    const answer = await ask()
    expect(answer.statusCode).toBe(200)
    const token = answer.json().tokens.find(({ name }: { name: string }) => name === 'ci')
    await runstead('token', 'revoke', 'ann', token.id, ...database)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect((await ask()).statusCode).toBe(401)
    expect((await runstead('token', 'list', 'ann', ...database)).out.join('\n')).toMatch(/ci +write .* revoked/)
  })

  test('users are listed, shown, changed, disabled and deleted', async () => {
    expect((await runstead('user', 'create', 'job', '--service', ...database)).out[0]).toMatch(/^ocid1\.user\.local/)
    await runstead('user', 'update', 'job', '--name', 'training', ...database)
    await runstead('user', 'disable', 'training', ...database)
    expect((await runstead('user', 'list', ...database)).out.join('\n')).toMatch(
      /^NAME .*\nann +person +administrator .*\ntraining +service +disabled /,
    )
    await runstead('user', 'enable', 'training', ...database)
    await runstead('user', 'update', 'training', '--administrator', 'yes', ...database)
    await runstead('user', 'update', 'training', '--administrator=no', ...database)
    const shown = (await runstead('user', 'show', 'training', ...database)).out
    expect(shown).toEqual(expect.arrayContaining(['Name     training', 'Kind     service', 'State    -', 'No tokens.']))
    await runstead('user', 'delete', 'training', ...database)
    await expect(runstead('user', 'show', 'training', ...database)).rejects.toThrow("No user 'training'.")
    await expect(runstead('user', 'delete', 'ann', ...database)).rejects.toThrow('last administrator')
  })

  test('groups', async () => {
    expect((await runstead('group', 'list', ...database)).out).toEqual(['There are no groups.'])
    await runstead('group', 'create', 'team', ...database)
    await runstead('group', 'add', 'team', 'ann', ...database)
    await runstead('group', 'rename', 'team', 'crew', ...database)
    expect((await runstead('group', 'show', 'crew', ...database)).out.join('\n')).toMatch(/MEMBER .*\nann +person/)
    expect((await runstead('user', 'show', 'ann', ...database)).out).toContain('Groups   crew')
    await runstead('group', 'remove', 'crew', 'ann', ...database)
    expect((await runstead('group', 'list', ...database)).out).toHaveLength(2)
    await runstead('group', 'delete', 'crew', ...database)
    await expect(runstead('group', 'show', 'crew', ...database)).rejects.toThrow("No group 'crew'.")
  })

  test('keys', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const file = join(directory, 'public.pem')
    await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }))
    const { out } = await runstead('key', 'add', 'ann', file, ...database)
    const [tenancy, , fingerprint = ''] = out[0]!.split('/')
    expect(tenancy).toBe('ocid1.tenancy.local..default')
    await runstead('key', 'disable', 'ann', fingerprint, ...database)
    expect((await runstead('key', 'list', 'ann', ...database)).out[1]).toMatch(/ disabled$/)
    await runstead('key', 'enable', 'ann', fingerprint, ...database)
    await runstead('key', 'delete', 'ann', fingerprint, ...database)
    await expect(runstead('key', 'delete', 'ann', fingerprint, ...database)).rejects.toThrow('has no key')
    await expect(runstead('key', 'add', 'ann', join(directory, 'none.pem'), ...database)).rejects.toThrow(
      'cannot be read',
    )
  })

  test.each([
    [['user', 'creat'], "unknown command 'user creat'. Did you mean user create?"],
    [['user', 'create'], 'NAME is missing. Usage: runstead user create NAME'],
    [['user', 'create', 'a', 'b'], "Unexpected argument 'b'. Usage: runstead user create NAME"],
    [['user', 'create', 'a', '--admin'], 'Unknown flag --admin.'],
    [['token', 'create', 'a', '--acess', 'x'], 'Unknown flag --acess. Did you mean --access?'],
    [['user', 'create', 'a', '--administrator=1'], '--administrator takes no value.'],
    [['user', 'create', 'a', '--service', '--service'], '--service is given twice.'],
    [['user', 'create', 'a', '--id'], '--id needs a value.'],
    [['token', 'create', 'ann', '--access', 'all'], "--access must be one of read, write, admin; it is 'all'"],
    [['token', 'create', 'ann', '--expires', '90'], "--expires must be hours or days such as 12h or 90d; it is '90'"],
    [['user', 'update', 'ann'], 'Give --name or --administrator.'],
    [['user', 'update', 'ann', '--administrator', 'true'], '--administrator must be yes or no'],
    [['user', 'list', '--platform', 'nowhere'], "There is no platform 'nowhere'."],
  ])('%j is refused with what to do', async ([noun, action = '', ...args], message) => {
    const given = action === 'creat' ? [] : database
    await expect(runstead(noun as IdentityNoun, action, ...given, ...args)).rejects.toThrow(message)
  })
})

test('a database that is not there is not made by looking', async () => {
  const missing = join(tmpdir(), `runstead-none-${process.pid}`)
  await expect(runstead('user', 'list', '--data-dir', missing)).rejects.toThrow(/no database at .*runstead\.db/)
})

test.each(['user', 'group', 'token', 'key'] as const)('the help of %s names every command and flag', async (noun) => {
  const { out } = await runstead(noun)
  expect(out.join('\n')).toMatch(new RegExp(`runstead ${noun} (create|add)`))
  expect((await runstead(noun, '--help')).out).toEqual(out)
  const help = (await runstead(noun, noun === 'key' ? 'add' : 'create', '--help')).out.join('\n')
  expect(help).toMatch(/--data-dir DIRECTORY[\s\S]*--database URL[\s\S]*--platform ID/)
})
