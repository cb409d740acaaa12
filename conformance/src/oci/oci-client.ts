import { createHash, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as OciCommon from 'oci-common'
import { runRunstead } from '../targets/runstead-server.ts'

/** Where the operations of a platform are, below a server's URL. */
export const platformPath = '/aiDataPlatforms/ocid1.aidataplatform.local..default'
export const workspaceApi = `${platformPath}/workspaces/default/mlops/api/2.0/mlflow`
export const registryApi = `${platformPath}/mlops/api/2.0/mlflow`

/** A user with an API key, as an OCI configuration names one. */
export interface OciUser {
  readonly tenancy: string
  readonly user: string
  readonly fingerprint: string
  readonly privateKeyPem: string
  readonly publicKeyPem: string
}

/** Makes a user with an API key on the data of a server. */
export function createOciUser(dataDirectory: string, name: string, ...flags: string[]): OciUser {
  const user = runRunstead(dataDirectory, 'user', 'create', name, ...flags)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const file = join(dataDirectory, `${name}.pem`)
  writeFileSync(file, publicKeyPem)
  runRunstead(dataDirectory, 'key', 'add', name, file)
  const digest = createHash('md5')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return {
    tenancy: 'ocid1.tenancy.local..default',
    user,
    fingerprint: digest.match(/../g)!.join(':'),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem,
  }
}

export interface OciAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
}

export interface OciRequest {
  readonly method: string
  /** Below `/20260430`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** Sends requests as Oracle's TypeScript clients do: composed, signed and sent by `oci-common`. */
export class OciClient {
  readonly common: typeof OciCommon
  readonly #http: OciCommon.FetchHttpClient
  readonly #endpoint: string

  constructor(common: typeof OciCommon, serverUrl: string, { tenancy, user, fingerprint, privateKeyPem }: OciUser) {
    this.common = common
    this.#endpoint = `${serverUrl}/20260430`
    const provider = new common.SimpleAuthenticationDetailsProvider(
      tenancy,
      user,
      fingerprint,
      privateKeyPem,
      null,
      common.Region.US_ASHBURN_1,
    )
    this.#http = new common.FetchHttpClient(new common.DefaultRequestSigner(provider))
  }

  async send(request: OciRequest): Promise<OciAnswer> {
    const answer = await this.#http.send(await this.compose(request))
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** As the generated clients send: with the client's own retries, errors as `OciError`. */
  async sendRetrying(request: OciRequest): Promise<OciAnswer> {
    const retrier = this.common.GenericRetrier.createPreferredRetrier(this.common.OciSdkDefaultRetryConfiguration)
    const sent = await this.compose(request)
    // What a retrier gives back is the answer that the client got, though it is declared otherwise.
    const answer = (await retrier.makeServiceCall(this.#http, sent, 'aidp', request.path, '')) as unknown as Response
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) }
  }

  compose({ method, path, query = {}, body, headers = {} }: OciRequest): Promise<OciCommon.HttpRequest> {
    return this.common.composeRequest({
      baseEndpoint: this.#endpoint,
      defaultHeaders: {},
      path,
      method: method as OciCommon.Method,
      pathParams: {},
      queryParams: { ...query },
      headerParams: { 'Content-Type': 'application/json', ...headers },
      bodyContent: body === undefined ? undefined : JSON.stringify(body),
    })
  }
}
