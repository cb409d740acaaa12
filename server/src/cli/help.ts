import type { Setting } from '../config/setting-kinds.ts'
import { environmentVariableOf, settings } from '../config/settings.ts'

export const usage = `Runstead: experiment tracking for unmodified MLflow clients.

Usage:
  runstead server [settings]   run the server
  runstead platform            create and list platforms
  runstead user                create and manage users; there are no passwords
  runstead group               groups of users
  runstead token               API tokens of users
  runstead key                 public keys of users for OCI request signatures
  runstead help                this text
  runstead version             the version

`

/** The help text of `runstead server`: every setting with its variable and default. */
export function serverHelp(): string {
  const lines = (Object.values(settings) as Setting<unknown>[]).map(
    ({ flag, placeholder, help, defaultText }) =>
      `  --${flag} ${placeholder}\n      ${help}\n      Default: ${defaultText}. Environment: ${environmentVariableOf(flag)}\n`,
  )
  return `${usage}Settings of \`runstead server\` (a flag wins over its environment variable):\n${lines.join('')}`
}
