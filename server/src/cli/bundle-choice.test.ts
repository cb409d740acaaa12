import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const bin = join(import.meta.dirname, '../../bin/runstead.js')
const built = 1_700_000_000

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-bundle-'))
  await write('package.json', '{ "type": "module" }')
  await mkdir(join(directory, 'bin'))
  await copyFile(bin, join(directory, 'bin/runstead.js'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true })
  await writeFile(join(directory, path), text)
}

async function bundle(): Promise<void> {
  await write('dist/main.js', "console.log('bundle')")
  await age('dist/main.js', built)
}

/** Source that was written a minute before the bundle. */
async function source(): Promise<void> {
  await write('src/main.ts', "const said: string = 'source'\nconsole.log(said)")
  await write('src/features/runs/get-run.ts', 'export {}')
  for (const path of ['src/main.ts', 'src/features/runs/get-run.ts', 'src/features/runs', 'src/features', 'src'])
    await age(path, built - 60)
}

async function age(path: string, seconds: number): Promise<void> {
  await utimes(join(directory, path), seconds, seconds)
}

function started(): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(directory, 'bin/runstead.js')], { encoding: 'utf8' })
  return stdout.trim() || stderr
}

test('starts the bundle when the source is older', async () => {
  await source()
  await bundle()
  expect(started()).toBe('bundle')
})

test('starts the bundle when there is no source, as in an installed package', async () => {
  await bundle()
  expect(started()).toBe('bundle')
})

test('starts the source when there is no bundle', async () => {
  await source()
  expect(started()).toBe('source')
})

test.each([
  ['a file deep in the source was changed', 'src/features/runs/get-run.ts'],
  ['a file was removed, which only its directory tells', 'src/features/runs'],
])('starts the source when %s after the bundle was made', async (_what, path) => {
  await source()
  await bundle()
  await age(path, built + 60)
  expect(started()).toBe('source')
})
