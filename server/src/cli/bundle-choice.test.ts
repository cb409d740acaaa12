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
  return run([]).output
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = process.env): { output: string; pid: number } {
  const command = [join(directory, 'bin/runstead.js'), ...args]
  const { stdout, stderr, pid } = spawnSync(process.execPath, command, { encoding: 'utf8', env })
  return { output: stdout.trim() || stderr, pid }
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

test.skipIf(process.platform !== 'linux')(
  'a server has the allocator keep little, in the process that was started',
  async () => {
    await write('dist/main.js', 'console.log(JSON.stringify([process.pid, process.argv.slice(2), process.env]))')
    const { MALLOC_ARENA_MAX: _, MALLOC_MMAP_THRESHOLD_: __, MALLOC_TRIM_THRESHOLD_: ___, ...others } = process.env
    const server = run(['server', '--port', '1'], { ...others, MALLOC_TRIM_THRESHOLD_: '5', OTHER: 'x' })
    const [pid, args, env] = JSON.parse(server.output) as [number, string[], NodeJS.ProcessEnv]
    expect(pid).toBe(server.pid)
    expect(args).toEqual(['server', '--port', '1'])
    expect(env).toMatchObject({
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '1048576',
      MALLOC_TRIM_THRESHOLD_: '5',
      OTHER: 'x',
    })
    expect(run(['version'], others).output).not.toContain('MALLOC_')
  },
)
