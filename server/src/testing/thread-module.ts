import { pathToFileURL } from 'node:url'
import { inject } from 'vitest'

/** In place of the server's own function of this name: the bundles that the global setup has made. */
export function threadModule(name: string): URL {
  return pathToFileURL(`${inject('threadModules')}/${name}.mjs`)
}
