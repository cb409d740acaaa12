import { realpathSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import type { ServerConfig } from './server-config.ts'
import { SettingError } from './setting-error.ts'

/**
 * Refuses a configuration in which files that unlock the server lie where artifacts are served from: the database, the data
 * directory with its keys and locks. Two stores may not share files either. Links are followed before paths are compared.
 *
 * @throws SettingError that names the settings
 */
export function refuseOverlappingPaths(
  config: Pick<ServerConfig, 'dataDir' | 'database' | 'artifacts' | 'artifactStores'>,
): void {
  const stores = [
    ['--artifacts', config.artifacts] as const,
    ...[...config.artifactStores].map(([name, store]) => [`--artifact-store ${name}`, store] as const),
  ]
  const places = stores.flatMap(([flag, store]) =>
    store.kind === 'file' ? [{ flag, path: actualPath(store.directory) }] : [],
  )
  const secrets = [{ what: 'the data directory', path: actualPath(config.dataDir) }]
  if (config.database.engine === 'sqlite')
    secrets.push({ what: 'the database', path: actualPath(config.database.file) })
  for (const [index, { flag, path }] of places.entries()) {
    const exposed = secrets.find((secret) => isWithin(secret.path, path))
    if (exposed !== undefined)
      throw new SettingError(`${flag} must not hold ${exposed.what}: files there are served as artifacts.`)
    const other = places.slice(index + 1).find((one) => isWithin(one.path, path) || isWithin(path, one.path))
    if (other !== undefined) throw new SettingError(`${flag} and ${other.flag} must not share a directory.`)
  }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
}

/** The path with its links resolved, as far as it exists. */
function actualPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT' || dirname(path) === path) throw error
    return join(actualPath(dirname(path)), basename(path))
  }
}
