import { compareByCodePoint } from '../../lib/code-point-order.ts'
import type { Random } from '../../testing/random.ts'
import type { BlobKey } from '../blob-path.ts'
import type { BlobStore } from '../blob-store.ts'
import { bytesOf } from './blob-content.ts'

/** What a store should hold: path -> content. */
export type BlobModel = Map<string, string>

export type BlobStep =
  | { readonly kind: 'put'; readonly path: string; readonly content: string }
  | { readonly kind: 'remove'; readonly path: string }

/** Folders and blobs take their names from different letters, so that no path is both. */
const folders = ['A', 'B', 'C']
const blobs = ['x', 'y', 'z', 'é']

/** A put of some blob, or the removal of some blob or folder. */
export function randomStep(random: Random, model: BlobModel): BlobStep {
  const folder = Array.from({ length: random.integer(0, 3) }, () => random.pick(folders))
  if (random.chance(0.7)) {
    return { kind: 'put', path: [...folder, random.pick(blobs)].join('/'), content: 'c'.repeat(random.integer(0, 49)) }
  }
  const present = [...model.keys()]
  if (present.length > 0 && random.chance(0.5)) return { kind: 'remove', path: random.pick(present) }
  return { kind: 'remove', path: folder.length === 0 ? random.pick(blobs) : folder.join('/') }
}

export function applyToModel(model: BlobModel, step: BlobStep): void {
  if (step.kind === 'put') {
    model.set(step.path, step.content)
    return
  }
  for (const path of [...model.keys()]) {
    if (path === step.path || path.startsWith(`${step.path}/`)) model.delete(path)
  }
}

/** The blobs of a model as sorted lines. */
export function modelView(model: BlobModel): string[] {
  return [...model].map(([path, content]) => `${path}=${content}`).sort(compareByCodePoint)
}

/** The blobs of a store in the same form, found by walking its folders. */
export async function storeView(store: BlobStore, key: (path: string) => BlobKey): Promise<string[]> {
  const lines: string[] = []
  const walk = async (folder: string): Promise<void> => {
    for (const path of [...folders, ...blobs].map((name) => (folder === '' ? name : `${folder}/${name}`))) {
      const head = await store.head(key(path))
      if (head?.kind === 'directory') await walk(path)
      if (head?.kind === 'file') {
        const blob = await store.open(key(path))
        lines.push(`${path}=${await bytesOf(blob!)}`)
      }
    }
  }
  await walk('')
  return lines.sort(compareByCodePoint)
}
