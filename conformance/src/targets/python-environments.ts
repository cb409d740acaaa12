import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './repository.ts'

/** A Python with one version of the MLflow client in it, or with Oracle's clients. */
export interface PythonEnvironment {
  readonly name: 'mlflow3' | 'mlflow2' | 'oci'
  /** What a person calls it, for titles and messages. */
  readonly title: string
  /** Environment variable that names the interpreter. */
  readonly variable: string
  /** Directory of the virtual environment that `npm run conformance:setup` makes. */
  readonly directory: string
  /** File of what is installed in it. */
  readonly requirements: string
}

export const pythonEnvironments: readonly PythonEnvironment[] = [
  environment('mlflow3', 'MLflow 3.17.0', 'RUNSTEAD_PYTHON_MLFLOW3', 'requirements-client3.txt'),
  environment('mlflow2', 'MLflow 2.22', 'RUNSTEAD_PYTHON_MLFLOW2', 'requirements-client2.txt'),
]

/** Oracle's command line and SDK. */
export const ociEnvironment = environment(
  'oci',
  "Oracle's Python clients",
  'RUNSTEAD_PYTHON_OCI',
  'requirements-oci.txt',
)

/** The environment of that name. */
export function pythonEnvironment(name: PythonEnvironment['name']): PythonEnvironment {
  return pythonEnvironments.find((candidate) => candidate.name === name)!
}

/** Path of the interpreter: from the environment variable, else from the local virtual environment, else undefined. */
export function interpreterOf(environment: PythonEnvironment): string | undefined {
  const named = process.env[environment.variable]
  const path = named ? named : join(environment.directory, 'bin', 'python')
  return existsSync(path) ? path : undefined
}

function environment(
  name: PythonEnvironment['name'],
  title: string,
  variable: string,
  requirements: string,
): PythonEnvironment {
  return {
    name,
    title,
    variable,
    directory: join(repositoryRoot, `.venv-${name}`),
    requirements: join(repositoryRoot, 'conformance', 'python', requirements),
  }
}
