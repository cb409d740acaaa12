import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SettingError } from './setting-error.ts'
import { trueOrFalse } from './setting-kinds.ts'

/** Where artifacts are kept. Paths are absolute; prefixes have no slash at either end. */
export type ArtifactStoreConfig = FileStoreConfig | S3StoreConfig

export interface FileStoreConfig {
  readonly kind: 'file'
  readonly directory: string
}

export interface S3StoreConfig extends S3Defaults {
  readonly kind: 's3'
  readonly bucket: string
  readonly prefix: string
  readonly pathStyle: boolean
  readonly direct: boolean
  readonly profile: string | undefined
}

/** What holds for every S3 store whose URL does not say otherwise. */
export interface S3Defaults {
  readonly endpoint: string | undefined
  /** How clients reach the endpoint, for presigned URLs. */
  readonly publicEndpoint: string | undefined
  readonly region: string | undefined
  /** Undefined: exactly when there is an endpoint. */
  readonly pathStyle: boolean | undefined
  /** Whether clients may be sent to the store. */
  readonly direct: boolean | undefined
}

const s3Parameters = ['endpoint', 'public-endpoint', 'region', 'path-style', 'direct', 'profile'] as const
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/i
const storeName = /^[a-z0-9][a-z0-9_-]{0,62}$/

/**
 * Reads the address of a store: a directory, a `file://` URL, or
 * `s3://bucket/prefix?endpoint=…&public-endpoint=…&region=…&path-style=true|false&direct=true|false&profile=…`.
 *
 * @throws SettingError; its message never repeats the address, which may hold a password in the wrong place
 */
export function readArtifactStore(address: string, defaults: S3Defaults): ArtifactStoreConfig {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase()
  if (address === '') throw new SettingError('must not be empty')
  if (scheme === undefined) return inDirectory(resolve(address))
  if (scheme === 'file') return inDirectory(fileURLToPath(address))
  if (scheme !== 's3') throw new SettingError('must be a directory, a file:// URL or an s3:// URL')
  return readS3Store(address, defaults)
}

/**
 * Reads `name=address` of one or more named stores, with commas between them.
 * @throws SettingError
 */
export function readNamedStores(text: string, defaults: S3Defaults): ReadonlyMap<string, ArtifactStoreConfig> {
  const stores = new Map<string, ArtifactStoreConfig>()
  for (const one of text.split(',')) {
    const equals = one.indexOf('=')
    const name = one.slice(0, Math.max(0, equals)).trim()
    if (!storeName.test(name)) {
      throw new SettingError('must be NAME=URL, the name of lower-case letters, digits, - and _')
    }
    if (stores.has(name)) throw new SettingError(`names the store ${name} twice`)
    stores.set(name, readArtifactStore(one.slice(equals + 1).trim(), defaults))
  }
  return stores
}

export function inDirectory(directory: string): FileStoreConfig {
  return { kind: 'file', directory }
}

/** Reads the address of an S3 endpoint. @throws SettingError */
export function readEndpoint(text: string): string {
  if (!/^https?:\/\/[^/@?#]+\/?$/i.test(text)) throw new SettingError('must be http://HOST:PORT or https://HOST:PORT')
  return text.replace(/\/$/, '')
}

/** What a person may see of a store's address. */
export function describeStore(store: ArtifactStoreConfig): string {
  if (store.kind === 'file') return store.directory
  const place = store.prefix === '' ? `s3://${store.bucket}` : `s3://${store.bucket}/${store.prefix}`
  return store.endpoint === undefined ? place : `${place} at ${store.endpoint}`
}

function readS3Store(address: string, defaults: S3Defaults): S3StoreConfig {
  const [place = '', query = ''] = address.slice('s3://'.length).split(/\?(.*)/s)
  if (/[@#]/.test(place)) {
    throw new SettingError('must not hold credentials; they come from AWS_ACCESS_KEY_ID, AWS_PROFILE and the like')
  }
  const [bucket = '', ...names] = place.replace(/\/+$/, '').split('/')
  if (!bucketName.test(bucket)) throw new SettingError('must be s3://BUCKET or s3://BUCKET/PREFIX')
  if (names.some((name) => name === '' || name === '.' || name === '..')) {
    throw new SettingError("must have a prefix without empty names, '.' and '..'")
  }
  const given = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (!s3Parameters.some((known) => known === name)) {
      throw new SettingError(`may have no parameters but ${s3Parameters.join(', ')}`)
    }
    given.set(name, value)
  }
  const read = <T>(name: (typeof s3Parameters)[number], reader: (text: string) => T): T | undefined => {
    const text = given.get(name)
    try {
      return text === undefined ? undefined : reader(text)
    } catch (error) {
      throw error instanceof SettingError ? new SettingError(`has a ${name} that ${error.message}`) : error
    }
  }
  const endpoint = read('endpoint', readEndpoint) ?? defaults.endpoint
  return {
    kind: 's3',
    bucket,
    prefix: names.join('/'),
    endpoint,
    publicEndpoint: read('public-endpoint', readEndpoint) ?? defaults.publicEndpoint,
    region: read('region', String) ?? defaults.region,
    pathStyle: read('path-style', trueOrFalse) ?? defaults.pathStyle ?? endpoint !== undefined,
    direct: read('direct', trueOrFalse) ?? defaults.direct ?? true,
    profile: read('profile', String),
  }
}
