import { freePort } from './free-port.ts'
import { repositoryRoot } from './repository.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/**
 * Path of the default workspace of the default platform on the tenant mount, to be put behind a server's URL:
 * together they are a tracking URI.
 */
export const tenantMount = '/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/workspaces/default/mlops'

/** Starts Runstead as `npm start` does, on a free port, with its data in `dataDirectory`. */
export async function startRunstead(dataDirectory: string): Promise<ServerProcess> {
  const port = await freePort()
  return startServerProcess({
    command: process.execPath,
    args: ['server/bin/runstead.js', 'server', '--port', String(port), '--data-dir', dataDirectory],
    cwd: repositoryRoot,
    url: `http://127.0.0.1:${port}`,
    startLimit: 20_000,
  })
}
