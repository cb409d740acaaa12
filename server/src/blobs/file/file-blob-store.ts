import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { invalidParameter } from '../../errors/errors.ts'
import type { BlobKey } from '../blob-path.ts'
import type { BlobHead, BlobStat, BlobStore, ByteRange, OpenBlob } from '../blob-store.ts'
import { listDirectory } from './directory-listing.ts'
import { directorySync } from './directory-sync.ts'
import { codeOf, isAbsent, storeErrorOf } from './file-errors.ts'
import { checkFileNames } from './file-name-rules.ts'
import { isReachedPlainly, publish } from './file-publication.ts'
import { fileSink, passOn } from './file-sink.ts'
import { prepareStaging, stagingName, stagingPath } from './staging-area.ts'

/** Bytes that are read ahead of the consumer. */
const readAhead = 512 * 1024

/** Not through a symbolic link (O_NOFOLLOW), and never waiting for the other end of a pipe (O_NONBLOCK). */
const plainRead = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

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

  function pathOf(key: BlobKey): string {
    checkFileNames(key)
    if (key === stagingName || key.startsWith(`${stagingName}/`)) throw invalidParameter('Invalid path')
    return join(root, key.replaceAll('/', sep))
  }

  async function put(key: BlobKey, source: AsyncIterable<Uint8Array>): Promise<BlobStat> {
    const target = pathOf(key)
    const staged = stagingPath(root)
    try {
      await refuseFolder(target)
      const stat = await writeFile(staged, source)
      await publish(staged, target, root, sync)
      return stat
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

  async function openBlob(key: BlobKey): Promise<OpenBlob | undefined> {
    const path = pathOf(key)
    let handle: FileHandle
    try {
      handle = await open(path, plainRead)
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
    try {
      const [stat, plain] = await Promise.all([handle.stat({ bigint: true }), isReachedPlainly(dirname(path))])
      if (plain && stat.isFile()) return openBlobOf(handle, blobStatOf(stat))
    } catch (error) {
      await handle.close()
      throw error
    }
    await handle.close()
    return undefined
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
    open: openBlob,
    async list(folder, options = {}) {
      const path = pathOf(folder)
      return (await isReachedPlainly(path)) ? listDirectory(path, options) : { entries: [] }
    },
    remove,
  }
}

/** Before gigabytes are taken in: a folder can never become a blob, nor can a blob become a folder. */
async function refuseFolder(target: string): Promise<void> {
  try {
    if ((await lstat(target)).isDirectory()) throw invalidParameter('Path refers to a directory, not a file')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

async function writeFile(path: string, source: AsyncIterable<Uint8Array>): Promise<BlobStat> {
  const handle = await open(path, 'wx')
  try {
    await passOn(source, fileSink(handle))
    return blobStatOf(await handle.stat({ bigint: true }))
  } finally {
    await handle.close()
  }
}

function openBlobOf(handle: FileHandle, stat: BlobStat): OpenBlob {
  return {
    ...stat,
    read: (range?: ByteRange) => handle.createReadStream({ ...range, highWaterMark: readAhead }),
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

function blobStatOf(stat: BigIntStats): BlobStat {
  return {
    size: Number(stat.size),
    // Each put makes a new file, so equal length within one tick of the clock still differs by the file's number.
    etag: `"${stat.mtimeNs.toString(16)}-${stat.size.toString(16)}-${stat.ino.toString(16)}"`,
    lastModified: new Date(Number(stat.mtimeNs / 1_000_000n)),
  }
}
