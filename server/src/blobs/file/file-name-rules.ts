import { invalidParameter } from '../../errors/errors.ts'
import type { BlobKey } from '../blob-path.ts'

const reservedOnWindows = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i
const notInWindowsNames = /[\\:*?"<>|]/

/**
 * Refuses keys whose names this system's file system would read as something else. On Windows these are separators,
 * drives, streams (`a:b`), device names (`nul.txt`) and names whose trailing dots or spaces it drops; elsewhere every
 * valid key is an ordinary file name.
 * @throws invalid-parameter
 */
export function checkFileNames(key: BlobKey, platform: NodeJS.Platform = process.platform): void {
  if (platform !== 'win32') return
  for (const name of key.split('/')) {
    if (notInWindowsNames.test(name) || reservedOnWindows.test(name) || name.endsWith('.') || name.endsWith(' ')) {
      throw invalidParameter(`Path contains a name that the artifact store cannot hold: '${name}'`)
    }
  }
}
