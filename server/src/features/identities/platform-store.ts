import type { Reader } from '../../db/database.ts'
import { type Platform, platformOf } from '../../lib/tenant.ts'

/** The number of a platform by the id that paths name it by; undefined when there is no such platform. */
export async function findPlatform(db: Reader, platformId: string): Promise<Platform | undefined> {
  const row = await db.selectFrom('platforms').select('platform').where('id', '=', platformId).executeTakeFirst()
  return row === undefined ? undefined : platformOf(row.platform)
}

/**
 * Finds platforms by their ids and remembers them, since a platform's number never changes.
 *
 * @param otherwise the platform that stands in for a missing id and for ids that no platform has
 */
export function platformFinder(
  db: Reader,
  otherwise: Platform,
): (platformId: string | undefined) => Platform | Promise<Platform> {
  const known = new Map<string, Platform>()
  return (platformId) => (platformId === undefined ? otherwise : (known.get(platformId) ?? find(platformId)))

  async function find(platformId: string): Promise<Platform> {
    const platform = await findPlatform(db, platformId)
    if (platform !== undefined) known.set(platformId, platform)
    return platform ?? otherwise
  }
}
