import type { TestClient, TestServer } from './start-test-server.ts'

/** A user of a test server, with a token. */
export interface TestUser {
  readonly id: string
  readonly name: string
  /** An API token with access admin. */
  readonly token: string
  readonly mlflow: TestClient
  readonly aidp: TestClient
}

/** Makes the first administrator: from then on every request needs a login. */
export function makeAdministrator(server: TestServer, name = 'root'): Promise<TestUser> {
  return makeUser(server, server.mlflow, { name, administrator: true })
}

/**
 * Makes a user with a token.
 *
 * @param by requests of an administrator
 * @param fields of the request to create it; `name` at least
 */
export async function makeUser(
  server: TestServer,
  by: TestClient,
  fields: { readonly name: string; readonly [field: string]: unknown },
): Promise<TestUser> {
  const answer = await by.post('/2.0/runstead/users', { token_name: 'test', ...fields })
  if (answer.status !== 200) throw new Error(`making user ${fields.name} failed with ${answer.status}: ${answer.text}`)
  const { user, secret } = answer.body as { user: { id: string; name: string }; secret: string }
  return { id: user.id, name: user.name, token: secret, ...server.as(`Bearer ${secret}`) }
}
