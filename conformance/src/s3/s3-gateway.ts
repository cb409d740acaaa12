import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from '../targets/free-port.ts'
import { type ServerProcess, startServerProcess } from '../targets/server-process.ts'

/** Where `versitygw`, a real S3 server, comes from. */
export const gatewayModule = 'github.com/versity/versitygw/cmd/versitygw@latest'

/** What Runstead has to know of a gateway: for its environment, and where the bucket `artifacts` lies on disk. */
export interface S3Gateway {
  readonly process: ServerProcess
  readonly environment: Readonly<Record<string, string>>
  readonly bucketDirectory: string
}

/** The program: named by RUNSTEAD_VERSITYGW, in the PATH, or where `go install` puts it; undefined when it is nowhere. */
export function gatewayProgram(): string | undefined {
  const named = process.env['RUNSTEAD_VERSITYGW']
  if (named) return existsSync(named) ? named : undefined
  const goPath = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' }).stdout?.trim() || join(homedir(), 'go')
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  for (const path of goPath.split(delimiter)) directories.push(join(path, 'bin'))
  return directories.map((directory) => join(directory, 'versitygw')).find((path) => existsSync(path))
}

/** Starts a gateway with one bucket, `artifacts`, in `directory`. */
export async function startS3Gateway(directory: string): Promise<S3Gateway> {
  const bucketDirectory = join(directory, 'artifacts')
  await mkdir(bucketDirectory, { recursive: true })
  const port = await freePort()
  const [access, secret] = ['conformance', 'secret of the conformance suite']
  const listen = ['--port', `127.0.0.1:${port}`, '--health', '/health', '--keep-alive']
  const process = await startServerProcess({
    command: gatewayProgram() ?? 'versitygw',
    args: ['--quiet', '--access', access, '--secret', secret, ...listen, 'posix', directory],
    cwd: directory,
    url: `http://127.0.0.1:${port}`,
    startLimit: 10_000,
  })
  return {
    process,
    bucketDirectory,
    environment: {
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: process.url,
      RUNSTEAD_S3_PATH_STYLE: 'true',
    },
  }
}
