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

/** A new RSA key pair. */
export function newKeyPair(): Pick<OciUser, 'fingerprint' | 'privateKeyPem' | 'publicKeyPem'> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const digest = createHash('md5')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return {
    fingerprint: digest.match(/../g)!.join(':'),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** Makes a user with an API key on the data of a server. */
export function createOciUser(dataDirectory: string, name: string, ...flags: string[]): OciUser {
  const user = runRunstead(dataDirectory, 'user', 'create', name, ...flags)
  const keys = newKeyPair()
  const file = join(dataDirectory, `${name}.pem`)
  writeFileSync(file, keys.publicKeyPem)
  runRunstead(dataDirectory, 'key', 'add', name, file)
  return { ...keys, tenancy: 'ocid1.tenancy.local..default', user }
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
  /** Below `/20260430`; may have `{name}` in it, which `pathParams` tells. */
  readonly path: string
  /** By the name with its braces. */
  readonly pathParams?: Readonly<Record<string, string>>
  /** Lists, dates, booleans, null: as generated clients hand them on. */
  readonly query?: Readonly<Record<string, unknown>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, instead of `body`. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** Whose requests are sent where. */
export interface OciClientOptions {
  /** A session token that the user's key belongs to: requests name it instead of the key. */
  readonly sessionToken?: string
  /** Sent along and signed as `opc-obo-token`. */
  readonly delegationToken?: string
  /** Seconds between attempts, instead of the growing waits of the package. */
  readonly retryDelay?: number
}

/** Sends requests as Oracle's TypeScript clients do: composed, signed and sent by `oci-common`. */
export class OciClient {
  readonly common: typeof OciCommon
  readonly #http: OciCommon.FetchHttpClient
  readonly #endpoint: string
  readonly #retryDelay: number | undefined

  constructor(common: typeof OciCommon, serverUrl: string, user: OciUser, options: OciClientOptions = {}) {
    this.common = common
    this.#endpoint = `${serverUrl}/20260430`
    this.#retryDelay = options.retryDelay
    this.#http = new common.FetchHttpClient(new common.DefaultRequestSigner(providerOf(common, user, options)))
  }

  async send(request: OciRequest): Promise<OciAnswer> {
    return answerOf(await this.#http.send(await this.compose(request)))
  }

  /** As the generated clients send: with the client's own retries, errors as `OciError`. */
  async sendRetrying(request: OciRequest): Promise<OciAnswer> {
    const { GenericRetrier, OciSdkDefaultRetryConfiguration, FixedTimeDelayStrategy } = this.common
    const delay = this.#retryDelay === undefined ? {} : { delayStrategy: new FixedTimeDelayStrategy(this.#retryDelay) }
    const retrier = GenericRetrier.createPreferredRetrier({ ...OciSdkDefaultRetryConfiguration, ...delay })
    const sent = await this.compose(request)
    // What a retrier gives back is the answer that the client got, though it is declared otherwise.
    const answer = await retrier.makeServiceCall(this.#http, sent, 'aidp', request.path, '')
    return answerOf(answer as unknown as Response)
  }

  compose({ method, path, pathParams = {}, query = {}, body, text, headers = {} }: OciRequest) {
    return this.common.composeRequest({
      baseEndpoint: this.#endpoint,
      defaultHeaders: {},
      path,
      method: method as OciCommon.Method,
      pathParams: { ...pathParams },
      queryParams: { ...query } as Record<string, string>,
      headerParams: { 'Content-Type': 'application/json', ...headers },
      bodyContent: text ?? (body === undefined ? undefined : JSON.stringify(body)),
    })
  }
}

async function answerOf(answer: Response): Promise<OciAnswer> {
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) }
}

function providerOf(
  common: typeof OciCommon,
  { tenancy, user, fingerprint, privateKeyPem }: OciUser,
  { sessionToken, delegationToken }: OciClientOptions,
): OciCommon.AuthenticationDetailsProvider {
  if (sessionToken === undefined && delegationToken === undefined) {
    const region = common.Region.US_ASHBURN_1
    return new common.SimpleAuthenticationDetailsProvider(tenancy, user, fingerprint, privateKeyPem, null, region)
  }
  const keyId = sessionToken === undefined ? `${tenancy}/${user}/${fingerprint}` : `ST$${sessionToken}`
  return {
    getKeyId: async () => keyId,
    getPrivateKey: () => privateKeyPem,
    getPassphrase: () => null,
    ...(delegationToken === undefined ? {} : { getDelegationToken: () => delegationToken }),
  } as unknown as OciCommon.AuthenticationDetailsProvider
}
