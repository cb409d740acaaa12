/** Artifacts in a real S3 server: large ones within little memory, the stock client's uploads in parts, large folders. */
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, statfsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { interpreterOf, pythonEnvironment } from '../targets/python-environments.ts'
import { repositoryRoot } from '../targets/repository.ts'
import { startRunstead } from '../targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from '../targets/scratch-directory.ts'
import type { ServerProcess } from '../targets/server-process.ts'
import { gatewayProgram, type S3Gateway, startS3Gateway } from './s3-gateway.ts'

const mebibyte = 1024 * 1024
/** The artifact of issue 4. */
const size = Number(process.env['RUNSTEAD_CONFORMANCE_S3_MIB'] ?? 5 * 1024) * mebibyte
const mostMemory = 256 * mebibyte
const proxy = '/api/2.0/mlflow-artifacts/artifacts'
const python = interpreterOf(pythonEnvironment('mlflow3'))

if (gatewayProgram() === undefined) {
  console.warn(
    'conformance: the S3 suite left out: no versitygw; enable with `npm run conformance:setup` where Go is installed',
  )
}

describe.skipIf(gatewayProgram() === undefined)('artifacts in S3', () => {
  let directory: ScratchDirectory
  let gateway: S3Gateway
  let server: ServerProcess

  beforeAll(async () => {
    // The memory is that of the bundle, as it is installed; the source needs some 50 MiB more.
    spawnSync(process.execPath, ['scripts/build.ts'], { cwd: repositoryRoot })
    directory = await scratchDirectory('s3')
    gateway = await startS3Gateway(join(directory.path, 'gateway'))
    Object.assign(process.env, gateway.environment)
    server = await startRunstead(join(directory.path, 'data'), ['--artifacts', 's3://artifacts/runstead'])
  })
  afterAll(async () => {
    await server?.stop()
    await gateway?.process.stop()
    await directory?.[Symbol.asyncDispose]()
  })

  test(`${size / mebibyte} MiB pass up and down within 256 MiB of memory`, async (context) => {
    const { bavail, bsize } = statfsSync(directory.path)
    // The gateway holds the parts and the whole for a moment.
    context.skip(bavail * bsize < 3 * size, 'not enough disk for the gateway')
    const sent = createHash('sha256')
    const block = randomBytes(mebibyte)
    function* blocks(): Generator<Buffer> {
      for (let number = 0; number < size / mebibyte; number++) {
        const bytes = Buffer.from(block)
        bytes.writeUInt32BE(number)
        sent.update(bytes)
        yield bytes
      }
    }
    const path = `${server.url}${proxy}/0/large/artifacts/weights.bin`
    let begin = performance.now()
    const upload = request(path, { method: 'PUT', headers: { 'content-length': String(size) } })
    const answered = once(upload, 'response') as Promise<[IncomingMessage]>
    await pipeline(Readable.from(blocks()), upload)
    const [uploaded] = await answered
    uploaded.resume()
    expect(uploaded.statusCode).toBe(200)
    const upSeconds = (performance.now() - begin) / 1000
    const upPeak = peakMemory(server.pid)

    begin = performance.now()
    const wanted = request(path).end()
    const [answer] = (await once(wanted, 'response')) as [IncomingMessage]
    expect(answer.headers['content-length']).toBe(String(size))
    const received = createHash('sha256')
    for await (const chunk of answer) received.update(chunk as Buffer)
    const downSeconds = (performance.now() - begin) / 1000
    const downPeak = peakMemory(server.pid)
    console.info(
      `${size / mebibyte} MiB: up ${upSeconds.toFixed(1)} s, down ${downSeconds.toFixed(1)} s; ` +
        `peak of the server's memory ${mib(upPeak)} MiB after the upload, ${mib(downPeak)} MiB after the download`,
    )
    expect(received.digest('hex')).toBe(sent.digest('hex'))
    if (downPeak !== undefined) expect(downPeak).toBeLessThan(mostMemory)
    expect((await fetch(path, { method: 'DELETE' })).status).toBe(200)
  }, 900_000)

  test.skipIf(python === undefined)('the stock client sends parts straight to S3 and fetches ranges from it', () => {
    const environment = { ...process.env, MLFLOW_TRACKING_URI: server.url, PYTHONDONTWRITEBYTECODE: '1' }
    for (const name of Object.keys(gateway.environment)) delete (environment as Record<string, unknown>)[name]
    const script = join(repositoryRoot, 'conformance', 'python', 's3_parts.py')
    const { status, stdout, stderr } = spawnSync(python as string, [script], { env: environment, encoding: 'utf8' })
    expect(status, `${stdout}${stderr}`.slice(-4_000)).toBe(0)
  })

  test('a folder of 100,000 files is listed whole and in order', async () => {
    const folder = join(gateway.bucketDirectory, 'runstead/workspaces/1/0/many/artifacts')
    await mkdir(folder, { recursive: true })
    const names = Array.from({ length: 100_000 }, (_, index) => `epoch-${index}.ckpt`)
    for (let start = 0; start < names.length; start += 500) {
      await Promise.all(names.slice(start, start + 500).map((name) => writeFile(join(folder, name), '')))
    }
    const begin = performance.now()
    const answer = await fetch(`${server.url}${proxy}?path=0/many/artifacts`)
    const { files } = (await answer.json()) as { files: { path: string }[] }
    console.info(`100,000 files: ${((performance.now() - begin) / 1000).toFixed(1)} s, most of it the gateway's`)
    expect(files.map(({ path }) => path)).toEqual(names.sort())
  }, 600_000)

  test('S3 dies and comes back: 503 that names it, then all is well', async () => {
    const path = `${server.url}${proxy}/0/dies/a.txt`
    expect((await fetch(path, { method: 'PUT', body: 'kept' })).status).toBe(200)
    await gateway.process.kill()
    const refused = await fetch(path, { method: 'PUT', body: 'lost' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.text()).toContain('The artifact store s3://artifacts/runstead cannot be reached')
  })
})

/** Most resident bytes that a process has ever had; undefined where there is no /proc. */
function peakMemory(pid: number): number | undefined {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
  } catch {
    return undefined
  }
}

function mib(bytes: number | undefined): string {
  return bytes === undefined ? '?' : (bytes / mebibyte).toFixed(0)
}
