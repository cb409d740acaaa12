import { javaClientMissing } from './java-client.ts'
import { interpreterOf, ociEnvironment, pythonEnvironments } from './python-environments.ts'

/** Vitest's global set-up: one line for each suite that a missing program leaves out, before anything runs. */
export function setup(): void {
  for (const environment of [...pythonEnvironments, ociEnvironment]) {
    if (interpreterOf(environment)) continue
    const left = [`the ${environment.title} client suite`]
    if (environment.name === 'mlflow3') left.push('the check of the recordings against the live server')
    console.warn(
      `conformance: ${left.join(' and ')} left out: no ${environment.variable} and no .venv-${environment.name}; ` +
        'enable with `npm run conformance:setup`',
    )
  }
  const missing = javaClientMissing()
  if (missing !== undefined) console.warn(`conformance: the Java client suite left out: ${missing}`)
}
