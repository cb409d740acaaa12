import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export const oidcClient = { id: 'runstead', secret: 'a secret that only the two of them know' }

/** A person at the provider, by the name that is typed at its login page. */
export interface ProviderPerson {
  readonly groups: readonly string[]
}

/** A certified OpenID provider on this machine. */
export interface OpenIdProvider extends AsyncDisposable {
  readonly issuer: string
  /** Who can log in; may be changed while it runs. */
  readonly people: Map<string, ProviderPerson>
}

/** @param redirectUri where the provider may send browsers back to */
export async function startOpenIdProvider(port: number, redirectUri: string): Promise<OpenIdProvider> {
  const issuer = `http://127.0.0.1:${port}`
  const people = new Map<string, ProviderPerson>()
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: oidcClient.id,
        client_secret: oidcClient.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    scopes: ['openid', 'profile', 'groups'],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:runstead',
        getResourceServerInfo: () => ({
          scope: 'openid profile groups',
          audience: oidcClient.id,
          accessTokenFormat: 'jwt',
        }),
        useGrantedResource: () => true,
      },
    },
    findAccount: (_context, id) => {
      const person = people.get(id)
      if (person === undefined) return undefined
      return { accountId: id, claims: () => ({ sub: id, preferred_username: id, groups: [...person.groups] }) }
    },
    cookies: { keys: ['only for tests'] },
  })
  const server: Server = provider.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    people,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
