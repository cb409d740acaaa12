import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/**
 * Starts the real `mlflow server` of the given interpreter on a free port: SQLite, one worker, proxied artifacts,
 * everything it writes in `dataDirectory`.
 */
export async function startMlflow(python: string, dataDirectory: string): Promise<ServerProcess> {
  const port = await freePort()
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  args.push('--backend-store-uri', `sqlite:///${join(dataDirectory, 'mlflow.db')}`)
  args.push('--serve-artifacts', '--artifacts-destination', join(dataDirectory, 'artifacts'))
  args.push('--default-artifact-root', 'mlflow-artifacts:/')
  return startServerProcess({
    command: python,
    args,
    cwd: dataDirectory,
    // Background jobs of GenAI features would only cost processor time here.
    env: {
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      PYTHONDONTWRITEBYTECODE: '1',
      MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'https,http',
      MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
    },
    url: `http://127.0.0.1:${port}`,
    startLimit: 120_000,
  })
}
