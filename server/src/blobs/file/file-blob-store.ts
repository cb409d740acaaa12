import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { invalidParameter } from '../../errors/errors.ts'
import { compareByCodePoint } from '../../lib/code-point-order.ts'
import type { BlobKey } from '../blob-path.ts'
import type { BlobEntry, BlobHead, BlobPage, BlobStore, ListOptions } from '../blob-store.ts'
import { blobStatOf } from './blob-stat.ts'
import { directoryListings } from './directory-listings.ts'
import { directorySync } from './directory-sync.ts'
import { codeOf, isAbsent, storeErrorOf } from './file-errors.ts'
import { checkFileNames } from './file-name-rules.ts'
import { publish } from './file-publication.ts'
import { fileSink, passOn } from './file-sink.ts'
import { openFile } from './open-file.ts'
import { isReachedPlainly } from './plain-path.ts'
import { prepareStaging, stagingName, stagingPath } from './staging-area.ts'

/** Bytes of a path that Linux takes. */
const longestPath = 4095

/**
 * Opens the store that keeps each blob as a file of the same relative path below `directory`, which is made when absent
 * and must lie on one file system. What a killed process left half written is removed.
 *
 * Symbolic links below the directory are not part of the store: they are not listed, not read and not written through.
 * (Only someone who can write there by other ways than this server could swap one in between check and use.)
 */
export async function openFileBlobStore(directory: string): Promise<BlobStore> {
  await mkdir(directory, { recursive: true })
  const root = await realpath(directory)
  await prepareStaging(root)
  const sync = directorySync()
  const entriesOf = directoryListings()

  function pathOf(key: BlobKey): string {
    checkFileNames(key)
    if (key === stagingName || key.startsWith(`${stagingName}/`)) throw invalidParameter('Invalid path')
    return join(root, key.replaceAll('/', sep))
  }

  async function put(key: BlobKey, source: AsyncIterable<Uint8Array>): Promise<void> {
    const target = pathOf(key)
    if (Buffer.byteLength(target) > longestPath) throw invalidParameter('Path is too long for the artifact store')
    const staged = stagingPath(root)
    try {
      await refuseFolder(target)
      await writeFile(staged, source)
      await publish(staged, target, root, sync)
    } catch (error) {
      await rm(staged, { force: true })
      throw storeErrorOf(error)
    }
  }

  async function head(key: BlobKey): Promise<BlobHead | undefined> {
    const path = pathOf(key)
    try {
      const [stat, plain] = await Promise.all([lstat(path, { bigint: true }), isReachedPlainly(dirname(path))])
      if (!plain) return undefined
      if (stat.isDirectory()) return { kind: 'directory' }
      return stat.isFile() ? { kind: 'file', ...blobStatOf(stat) } : undefined
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }

  async function list(folder: BlobKey, options: ListOptions = {}): Promise<BlobPage> {
    const path = pathOf(folder)
    return (await isReachedPlainly(path)) ? pageOf(await entriesOf(path), options) : { entries: [] }
  }

  async function remove(key: BlobKey): Promise<void> {
    const path = pathOf(key)
    if (!(await isReachedPlainly(dirname(path)))) return
    // Away in one step, so that nobody sees half a folder; the slow part happens out of sight.
    const trash = stagingPath(root)
    try {
      await rename(path, trash)
    } catch (error) {
      if (isAbsent(error)) return
      throw error
    }
    await sync(dirname(path))
    await rm(trash, { recursive: true, force: true })
  }

  return {
    location: root,
    put,
    head,
    open: async (key) => openFile(pathOf(key)),
    list,
    remove,
    directFor: () => undefined,
    pathOf: () => undefined,
  }
}

/**
 * Refuses an upload that has no place before its bytes are taken; whether it still has one is seen again at its end.
 * @throws invalid-parameter (by `storeErrorOf`)
 */
async function refuseFolder(target: string): Promise<void> {
  try {
    if ((await lstat(target)).isDirectory()) throw invalidParameter('Path refers to a directory, not a file')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

async function writeFile(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await passOn(source, fileSink(handle))
  } finally {
    await handle.close()
  }
}

function pageOf(all: readonly BlobEntry[], { after, limit }: ListOptions): BlobPage {
  const start = after === undefined ? 0 : all.findIndex(({ name }) => compareByCodePoint(name, after) > 0)
  if (start === -1) return { entries: [] }
  const entries = all.slice(start, limit === undefined ? undefined : start + limit)
  const last = entries.at(-1)
  return last !== undefined && start + entries.length < all.length ? { entries, next: last.name } : { entries }
}
