/** Logins of people at a certified OpenID provider, with a browser and with the provider's tokens as bearer. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser, type Page } from './targets/browser.ts'
import { freePort } from './targets/free-port.ts'
import { type OpenIdProvider, oidcClient, startOpenIdProvider } from './targets/openid-provider.ts'
import { startRunstead } from './targets/runstead-server.ts'
import { scratchDirectory } from './targets/scratch-directory.ts'

const stack = new AsyncDisposableStack()
let provider: OpenIdProvider
/** Where browsers reach the server: `localhost`, while the provider is at `127.0.0.1`. */
let origin: string

beforeAll(async () => {
  const [port, providerPort] = [await freePort(), await freePort()]
  origin = `http://localhost:${port}`
  provider = stack.use(await startOpenIdProvider(providerPort, `${origin}/auth/callback`))
  provider.people.set('ada', { groups: ['admins', 'ml', '/odd name/'] })
  provider.people.set('bob', { groups: ['ml'] })
  const directory = stack.use(await scratchDirectory('openid'))
  const settings = [
    ['--public-url', origin],
    ['--oidc-issuer', provider.issuer],
    ['--oidc-client-secret', oidcClient.secret],
    ['--oidc-scope', 'openid profile groups'],
    ['--oidc-administrator-group', 'admins'],
  ]
  stack.use(await startRunstead(directory.path, settings.flat(), port))
}, 60_000)

afterAll(() => stack.disposeAsync())

/** Logs in as a person would; gives the page on which the login ends. */
async function logIn(browser: Browser, name: string, returnTo = '/auth/session'): Promise<Page> {
  const login = await browser.open(`${origin}/auth/login?return_to=${encodeURIComponent(returnTo)}`)
  const consent = await browser.submit(login, { login: name, password: 'anything' })
  return browser.submit(consent, {})
}

async function session(browser: Browser): Promise<{ user: { id: string; name: string }; csrf_token: string }> {
  return JSON.parse((await browser.request(`${origin}/auth/session`)).text)
}

const experiments = '/api/2.0/mlflow/experiments'

test('before anybody has logged in, somebody who is no administrator cannot be the first', async () => {
  const page = await logIn(new Browser(), 'bob')
  expect(page.status).toBe(403)
  expect(page.text).toContain('Login failed')
})

test('a person of the administrator group logs in, reads and writes', async () => {
  const browser = new Browser()
  const page = await logIn(browser, 'ada')
  expect(page.status, page.text).toBe(200)
  const { user, csrf_token } = await session(browser)
  expect(user).toMatchObject({ name: 'ada', administrator: true })
  const read = await browser.request(`${origin}${experiments}/get?experiment_id=0`)
  expect(read.status).toBe(200)
  const written = await browser.request(`${origin}${experiments}/create`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-csrf-token': csrf_token,
      'sec-fetch-site': 'same-origin',
      origin,
    },
    body: JSON.stringify({ name: 'by a person' }),
  })
  expect(written.status, written.text).toBe(200)
  expect((await fetch(`${origin}${experiments}/get?experiment_id=0`)).status).toBe(401)
})

test('WEB-10 a write with the cookie from elsewhere, or without its token, is refused', async () => {
  const browser = new Browser()
  await logIn(browser, 'ada')
  const { csrf_token } = await session(browser)
  const send = (headers: Record<string, string>) =>
    browser.request(`${origin}${experiments}/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name: 'foreign' }),
    })
  for (const headers of [
    {},
    { 'x-csrf-token': 'x'.repeat(43) },
    { 'x-csrf-token': csrf_token, 'sec-fetch-site': 'cross-site' },
    { 'x-csrf-token': csrf_token, origin: 'http://evil.example' },
  ]) {
    expect((await send(headers as Record<string, string>)).status).toBe(403)
  }
  const search = await browser.request(`${origin}${experiments}/get-by-name?experiment_name=foreign`)
  expect(search.status).toBe(404)
})

test('AUTHN-07 each login begins a session of its own, which logging out ends at once', async () => {
  const browser = new Browser()
  await logIn(browser, 'ada')
  const first = browser.cookieOf(origin, 'runstead_session')!
  const again = new Browser()
  await logIn(again, 'ada')
  expect(again.cookieOf(origin, 'runstead_session')).not.toBe(first)
  const foreign = await browser.request(`${origin}/auth/logout`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  expect(foreign.status).toBe(403)
  expect((await browser.request(`${origin}/auth/logout`, { method: 'POST' })).status).toBe(200)
  const replayed = await fetch(`${origin}${experiments}/get?experiment_id=0`, {
    headers: { cookie: `runstead_session=${first}` },
  })
  expect(replayed.status).toBe(401)
})

test('memberships follow the provider, and odd group names are left out', async () => {
  const administrator = new Browser()
  await logIn(administrator, 'ada')
  const groupsOf = async (name: string) => {
    const { text } = await administrator.request(`${origin}/api/2.0/runstead/users/${name}`)
    return (JSON.parse(text).user.groups as { name: string }[]).map((group) => group.name)
  }
  expect(await groupsOf('ada')).toEqual(['admins', 'ml'])
  await logIn(new Browser(), 'bob')
  expect(await groupsOf('bob')).toEqual(['ml'])
  provider.people.set('bob', { groups: ['research'] })
  await logIn(new Browser(), 'bob')
  expect(await groupsOf('bob')).toEqual(['research'])
})

test('a login cannot be finished in another browser, twice, or with a forged answer', async () => {
  const begun = new Browser()
  const login = await begun.open(`${origin}/auth/login`)
  const consent = await begun.submit(login, { login: 'ada', password: 'x' })
  const action = /<form[^>]* action="([^"]+)"/.exec(consent.text)![1]!
  let page = await begun.request(new URL(action, consent.url).href, {
    method: 'POST',
    body: new URLSearchParams({ prompt: 'consent' }),
  })
  while (!page.headers.get('location')!.startsWith(origin)) {
    page = await begun.request(new URL(page.headers.get('location')!, page.url).href)
  }
  const callback = page.headers.get('location')!
  expect((await new Browser().request(callback)).status).toBe(403)
  const forged = new URL(callback)
  forged.searchParams.set('state', 'x')
  const other = new Browser()
  await other.open(`${origin}/auth/login`)
  expect((await other.request(forged.href)).status).toBe(403)
  expect((await begun.request(callback)).status).toBe(303)
  expect((await begun.request(callback)).status).toBe(403)
})

test('logins that were refused are in the audit log', async () => {
  const browser = new Browser()
  await logIn(browser, 'ada')
  const rows = async () => {
    const query = `outcome=denied&operation=${encodeURIComponent('GET /auth/callback')}`
    const answer = await browser.request(`${origin}/api/2.0/runstead/audit/search?${query}`)
    const { audit_events } = JSON.parse(answer.text) as { audit_events: { calls: number }[] }
    return audit_events.reduce((sum, { calls }) => sum + calls, 0)
  }
  // One person who may not, and three callbacks that were not theirs.
  await expect.poll(rows, { timeout: 10_000 }).toBeGreaterThanOrEqual(4)
})

test('a login ends on this server, wherever it was asked to end', async () => {
  for (const target of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    const browser = new Browser()
    const page = await logIn(browser, 'ada', target)
    expect(page.url).toBe(`${origin}/`)
  }
})

test("the provider's JWT is a bearer token; others are none", async () => {
  const browser = new Browser()
  const verifier = 'v'.repeat(43)
  const { createHash } = await import('node:crypto')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = new URLSearchParams({
    client_id: oidcClient.id,
    redirect_uri: `${origin}/auth/callback`,
    response_type: 'code',
    scope: 'openid profile groups',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const login = await browser.open(`${provider.issuer}/auth?${query}`)
  const consent = await browser.submit(login, { login: 'ada', password: 'x' })
  const action = /<form[^>]* action="([^"]+)"/.exec(consent.text)![1]!
  let page = await browser.request(new URL(action, consent.url).href, {
    method: 'POST',
    body: new URLSearchParams({ prompt: 'consent' }),
  })
  while (!page.headers.get('location')!.startsWith(origin)) {
    page = await browser.request(new URL(page.headers.get('location')!, page.url).href)
  }
  const code = new URL(page.headers.get('location')!).searchParams.get('code')!
  const answer = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: `${origin}/auth/callback`,
      code_verifier: verifier,
      client_id: oidcClient.id,
      client_secret: oidcClient.secret,
    }),
  })
  const { id_token } = (await answer.json()) as { id_token: string }
  const get = (token: string) =>
    fetch(`${origin}/api/2.0/runstead/users/me`, { headers: { authorization: `Bearer ${token}` } })
  const good = await get(id_token)
  expect(good.status, await good.clone().text()).toBe(200)
  expect(await good.json()).toMatchObject({ user: { name: 'ada' } })
  const [head, payload, signature] = id_token.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload!, 'base64url').toString()), sub: 'bob' }
  const altered = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  for (const token of [altered, unsigned, `${head}.${payload}.`]) expect((await get(token)).status).toBe(401)
})
