import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer, type Target, type TargetName } from './target.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))

/** The Python interpreter that has MLflow 3.17.0 installed: RUNSTEAD_PYTHON_MLFLOW3, else the venv of this repository. */
export function mlflowPython(): string {
  return process.env['RUNSTEAD_PYTHON_MLFLOW3'] ?? join(repository, '.venv-mlflow3/bin/python')
}

/** Keeps MLflow from reporting to its makers and from looking at the settings of whoever runs the benchmark. */
export const mlflowEnvironment = {
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
  PYTHONWARNINGS: 'ignore',
}

/**
 * Starts a server of this kind on a free port with its data in `directory` (kept if it is there already).
 *
 * @param checkout where Runstead's own source lies
 */
export function startTarget(name: TargetName, directory: string, checkout = repository): Promise<Target> {
  switch (name) {
    case 'runstead':
      return startServer(name, directory, (port) => ({
        program: process.execPath,
        args: [runsteadProgram(checkout), 'server', '--port', String(port), '--data-dir', runsteadData(directory)],
      }))
    case 'bare':
      return startServer(name, directory, (port) => ({
        program: process.execPath,
        args: [join(repository, 'bench/src/bare/bare-server.ts'), String(port), directory],
      }))
    case 'mlflow':
      return startServer(name, directory, (port) => mlflowCommand(directory, port, []))
    case 'mlflow-1':
      return startServer(name, directory, (port) => mlflowCommand(directory, port, ['--workers', '1']))
  }
}

/** The data directory of a Runstead target. */
export function runsteadData(directory: string): string {
  return join(directory, 'data')
}

/** Runstead's program in a checkout. */
export function runsteadProgram(checkout = repository): string {
  return join(checkout, 'server/bin/runstead.js')
}

/** The SQLite file of an MLflow target. */
export function mlflowDatabase(directory: string): string {
  return join(directory, 'mlflow.db')
}

function mlflowCommand(directory: string, port: number, more: readonly string[]) {
  return {
    program: mlflowPython(),
    args: [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port)],
      ...['--backend-store-uri', `sqlite:///${mlflowDatabase(directory)}`],
      ...['--artifacts-destination', join(directory, 'artifacts')],
      ...more,
    ],
    env: mlflowEnvironment,
  }
}
