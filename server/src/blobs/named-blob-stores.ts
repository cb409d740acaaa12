import { invalidParameter } from '../errors/errors.ts'
import { type BlobKey, blobKey } from './blob-path.ts'
import type { BlobStore, DirectAccess } from './blob-store.ts'

/** `workspaces/<number>/@<store>/…`: the rest lies in the same workspace's part of the store of that name. */
const namedKey = /^(workspaces\/[^/]+)\/@([^/]*)(.*)$/

interface Place {
  readonly store: BlobStore
  readonly key: BlobKey
}

/**
 * Several stores as one: the keys of a workspace that begin with `@name` lie in the store of that name, all others in the
 * main one. So a location says in which store it is and where in it, but not where the store itself is.
 */
export function namedBlobStores(main: BlobStore, named: ReadonlyMap<string, BlobStore>): BlobStore {
  /** @throws invalid-parameter for a name that no store has */
  function placeOf(key: BlobKey): Place {
    const [, workspace = '', name, rest = ''] = namedKey.exec(key) ?? []
    if (name === undefined) return { store: main, key }
    const store = named.get(name)
    if (store === undefined) throw invalidParameter(`This server has no artifact store named '${name}'.`)
    return { store, key: blobKey(workspace + rest) }
  }

  return {
    location: main.location,
    async put(key, source) {
      const place = placeOf(key)
      await place.store.put(place.key, source)
    },
    async head(key) {
      const place = placeOf(key)
      return place.store.head(place.key)
    },
    async open(key) {
      const place = placeOf(key)
      return place.store.open(place.key)
    },
    async list(key, options) {
      const place = placeOf(key)
      return place.store.list(place.key, options)
    },
    async remove(key) {
      const place = placeOf(key)
      await place.store.remove(place.key)
    },
    directFor(key) {
      const place = placeOf(key)
      const direct = place.store.directFor(place.key)
      return direct === undefined || place.store === main ? direct : directBelow(direct, (inner) => placeOf(inner).key)
    },
    pathOf(location) {
      const candidates = [...named].map(([name, store]) => ({ root: `@${name}`, path: store.pathOf(location) }))
      candidates.unshift({ root: '', path: main.pathOf(location) })
      // Of stores inside each other the innermost is meant: its path is the shortest.
      const [nearest] = candidates
        .filter((candidate): candidate is { root: string; path: string } => candidate.path !== undefined)
        .sort((left, right) => left.path.length - right.path.length)
      return nearest === undefined ? undefined : [nearest.root, nearest.path].filter((part) => part !== '').join('/')
    },
  }
}

function directBelow(direct: DirectAccess, keyOf: (key: BlobKey) => BlobKey): DirectAccess {
  return {
    presignGet: (key, ...rest) => direct.presignGet(keyOf(key), ...rest),
    presignPut: (key, ...rest) => direct.presignPut(keyOf(key), ...rest),
    createMultipart: (key, ...rest) => direct.createMultipart(keyOf(key), ...rest),
    completeMultipart: (key, ...rest) => direct.completeMultipart(keyOf(key), ...rest),
    abortMultipart: (key, ...rest) => direct.abortMultipart(keyOf(key), ...rest),
  }
}
