/**
 * `npm run conformance:setup`: makes the virtual environments of the Python client suites, and fetches the Java
 * client where Maven is installed. Takes `python3` (or what PYTHON names), and leaves alone what has not changed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gatewayModule, gatewayProgram } from './src/s3/s3-gateway.ts'
import { hasProgram, javaClient } from './src/targets/java-client.ts'
import { ociEnvironment, type PythonEnvironment, pythonEnvironments } from './src/targets/python-environments.ts'

const python = process.env['PYTHON'] ?? 'python3'

for (const environment of [...pythonEnvironments, ociEnvironment]) {
  if (process.env[environment.variable]) {
    console.log(`${environment.title}: ${environment.variable} is set, nothing to do`)
  } else if (isReady(environment)) {
    console.log(`${environment.title}: .venv-${environment.name} is ready`)
  } else {
    install(environment)
  }
}

if (hasProgram('mvn') && hasProgram('java')) {
  console.log(`Java client: fetching what conformance/java/pom.xml names`)
  run('mvn', ['--quiet', '--batch-mode', '--file', javaClient.project])
} else {
  console.log('Java client: no java and mvn, left out')
}

installGateway()

/** The S3 server of the suite in `src/s3`, where Go is there to build it. */
function installGateway(): void {
  const program = gatewayProgram()
  if (program !== undefined) console.log('versitygw is ready')
  else if (spawnSync('go', ['version']).status !== 0) console.log('versitygw: left out, there is no Go to build it')
  else {
    console.log(`versitygw: building ${gatewayModule}`)
    run('go', ['install', gatewayModule])
  }
}

function install(environment: PythonEnvironment): void {
  console.log(`${environment.title}: making .venv-${environment.name}`)
  run(python, ['-m', 'venv', '--clear', environment.directory])
  const interpreter = join(environment.directory, 'bin', 'python')
  run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', environment.requirements])
  writeFileSync(stampOf(environment), readFileSync(environment.requirements))
}

function isReady(environment: PythonEnvironment): boolean {
  const stamp = stampOf(environment)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(environment.requirements, 'utf8')
}

/** The copy of the requirements that an environment was made from, written when it is complete. */
function stampOf(environment: PythonEnvironment): string {
  return join(environment.directory, 'requirements-installed.txt')
}

function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { stdio: 'inherit' })
  if (result.error) throw result.error
  if (result.status !== 0) process.exit(result.status ?? 1)
}
