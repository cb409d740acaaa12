import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { repositoryRoot } from './repository.ts'

const directory = join(repositoryRoot, 'conformance', 'java')
const libraries = join(directory, 'target', 'lib')

/** The stock Java client: where its Maven project is, and the scenario that is started from its source. */
export const javaClient = {
  project: join(directory, 'pom.xml'),
  scenario: join(directory, 'RegistryScenario.java'),
  classPath: join(libraries, '*'),
} as const

/** Whether a program of that name is on the PATH. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((place) => place !== '' && existsSync(join(place, name)))
}

/** Why the Java suite cannot run here, in words that end its notice; undefined when it can. */
export function javaClientMissing(): string | undefined {
  if (!hasProgram('java')) return 'no java on the PATH'
  const fetched = existsSync(libraries) && readdirSync(libraries).some((file) => file.startsWith('mlflow-client-'))
  if (fetched) return undefined
  return hasProgram('mvn')
    ? 'its libraries are missing; fetch them with `npm run conformance:setup`'
    : 'its libraries are missing, and there is no mvn on the PATH to fetch them'
}
