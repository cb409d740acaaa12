import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { compareByCodePoint } from '../../lib/code-point-order.ts'
import type { BlobEntry, BlobPage, ListOptions } from '../blob-store.ts'
import type { S3Connection } from './s3-connection.ts'

/** Keys of one answer; S3 gives no more. */
const keysAtOnce = 1_000

/**
 * One level below `prefix`, which ends with `/`, ordered by name.
 *
 * S3 orders by key, and a folder's key ends with `/`: `a-b` and `a.b` come before the folder `a`. As many keys are read as
 * are surely ahead of everything unread; of folders that could still belong in between, the store is asked one by one.
 */
export async function listLevel(store: S3Connection, prefix: string, options: ListOptions): Promise<BlobPage> {
  const { after = '', limit } = options
  const entries: BlobEntry[] = []
  let last = ''
  let more = false
  let token: string | undefined
  do {
    const answer = await askForLevel(store, prefix, after, limit, token)
    const found = [...foldersOf(answer, prefix), ...filesOf(answer, prefix)]
    for (const entry of found) {
      if (compareByCodePoint(entry.name, after) > 0) entries.push(entry)
      const key = entry.isDirectory ? `${entry.name}/` : entry.name
      if (compareByCodePoint(key, last) > 0) last = key
    }
    token = answer.NextContinuationToken
    more = answer.IsTruncated === true && token !== undefined
  } while (more && (limit === undefined || entries.length <= limit))
  if (more) entries.push(...(await foldersAfter(store, prefix, last, after)))
  entries.sort(byName)
  return limit === undefined ? { entries } : firstPage(entries, limit, more)
}

/** Whether any key begins with `prefix`. */
export async function hasKeys(store: S3Connection, prefix: string): Promise<boolean> {
  const command = { Bucket: store.bucket, Prefix: prefix, MaxKeys: 1 }
  const { Contents = [] } = await store.call((client) => client.send(new ListObjectsV2Command(command)))
  return Contents.length > 0
}

function askForLevel(
  store: S3Connection,
  prefix: string,
  after: string,
  limit: number | undefined,
  token: string | undefined,
): Promise<ListObjectsV2CommandOutput> {
  // Keys before the wanted name belong to names before it.
  const start =
    token === undefined ? (after === '' ? {} : { StartAfter: prefix + after }) : { ContinuationToken: token }
  const MaxKeys = limit === undefined ? keysAtOnce : Math.min(keysAtOnce, limit + 2)
  const command = { Bucket: store.bucket, Prefix: prefix, Delimiter: '/', MaxKeys, ...start }
  return store.call((client) => client.send(new ListObjectsV2Command(command)))
}

/** What has no name, or one that no `BlobKey` has, is no part of the store: a folder's own marker, a doubled slash. */
function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..'
}

function* foldersOf({ CommonPrefixes = [] }: ListObjectsV2CommandOutput, prefix: string): Generator<BlobEntry> {
  for (const { Prefix = '' } of CommonPrefixes) {
    const name = Prefix.slice(prefix.length, -1)
    if (isName(name)) yield { name, isDirectory: true, size: 0 }
  }
}

function* filesOf({ Contents = [] }: ListObjectsV2CommandOutput, prefix: string): Generator<BlobEntry> {
  for (const { Key = '', Size = 0 } of Contents) {
    const name = Key.slice(prefix.length)
    if (isName(name)) yield { name, isDirectory: false, size: Size }
  }
}

/**
 * Folders whose names come before that of the last key read although their keys come after it: their names are the
 * beginning of it, and go on there with a character before `/`.
 */
async function foldersAfter(store: S3Connection, prefix: string, last: string, after: string): Promise<BlobEntry[]> {
  const names: string[] = []
  for (let length = 1; length < last.length; length++) {
    const name = last.slice(0, length)
    if (last.charAt(length) < '/' && compareByCodePoint(name, after) > 0 && isName(name)) names.push(name)
  }
  const there = await Promise.all(names.map((name) => hasKeys(store, `${prefix}${name}/`)))
  return names.filter((_name, index) => there[index]).map((name) => ({ name, isDirectory: true, size: 0 }))
}

/** A file and a folder may have the same name: the next page begins after the name, so they stay on one. */
function firstPage(sorted: readonly BlobEntry[], limit: number, more: boolean): BlobPage {
  let end = Math.min(limit, sorted.length)
  while (end > 0 && sorted[end]?.name === sorted[end - 1]?.name) end++
  const entries = sorted.slice(0, end)
  const last = entries.at(-1)
  return last !== undefined && (more || end < sorted.length) ? { entries, next: last.name } : { entries }
}

function byName(left: BlobEntry, right: BlobEntry): number {
  return compareByCodePoint(left.name, right.name)
}
