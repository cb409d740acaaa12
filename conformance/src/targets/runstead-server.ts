import { spawnSync } from 'node:child_process'
import { freePort } from './free-port.ts'
import { repositoryRoot } from './repository.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/**
 * Path of the default workspace of the default platform on the tenant mount, to be put behind a server's URL:
 * together they are a tracking URI.
 */
export const tenantMount = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/workspaces/default/mlops'

/**
 * Starts Runstead as `npm start` does, on a free port, with its data in `dataDirectory`.
 *
 * @param settings more flags
 * @param port a free one when absent
 */
export async function startRunstead(
  dataDirectory: string,
  settings: readonly string[] = [],
  port?: number,
): Promise<ServerProcess> {
  return startOn(port ?? (await freePort()), dataDirectory, settings)
}

function startOn(port: number, dataDirectory: string, settings: readonly string[]): Promise<ServerProcess> {
  return startServerProcess({
    command: process.execPath,
    args: ['server/bin/runstead.js', 'server', '--port', String(port), '--data-dir', dataDirectory, ...settings],
    cwd: repositoryRoot,
    url: `http://127.0.0.1:${port}`,
    startLimit: 20_000,
  })
}

/** Runs a command of Runstead, such as `user create ada`, on the data in `dataDirectory`. @returns its standard output */
export function runRunstead(dataDirectory: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['server/bin/runstead.js', ...args, '--data-dir', dataDirectory],
    { cwd: repositoryRoot, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`runstead ${args.join(' ')} failed:\n${stderr}`)
  return stdout.trim()
}
