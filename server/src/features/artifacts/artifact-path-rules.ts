import { posix } from 'node:path'
import { internalError, invalidParameter } from '../../errors/errors.ts'
import { joinUri, splitUri } from '../../lib/uri-parts.ts'

/** Rounds of decoding after which MLflow gives up on a path. */
const mostDecodings = 10

/**
 * MLflow's rule for artifact paths (`validate_path_is_safe` of 3.17.0): the path is percent-decoded until nothing changes,
 * control characters are escaped, and what could lead out of a folder is refused: `..`, a leading `/`, a Windows drive or
 * share, a `file:` URI, a `#`. Decoding goes through Python's reading of a URI, so a scheme-like prefix becomes lower case
 * and empty `?`, `#` and `;` at the end fall away.
 *
 * @returns the decoded path; it may still hold empty and `.` names, and end with `/`
 * @throws AppError `invalid-parameter`
 */
export function checkArtifactPath(path: string): string {
  const decoded = escapeControls(decodeFully(path))
  const refused =
    decoded.includes('#') ||
    decoded.split('/').includes('..') ||
    decoded.startsWith('/') ||
    isAbsoluteOnWindows(decoded) ||
    splitUri(decoded).scheme === 'file'
  if (refused) throw invalidParameter('Invalid path')
  return decoded
}

/** A checked path without empty and `.` names, such as `a/b` for `a//./b/`; empty for the root. */
export function normalArtifactPath(path: string): string {
  const normal = posix.normalize(path).replace(/\/$/, '')
  return normal === '.' ? '' : normal
}

/**
 * The normal form of the checked path of an upload, which does not end with `/`. Its folder has one spelling only.
 *
 * @throws AppError `invalid-parameter`, or MLflow's INTERNAL_ERROR for a folder such as `a//b`
 */
export function checkUploadPath(path: string): string {
  const end = path.lastIndexOf('/') + 1
  const name = path.slice(end)
  const folder = path.slice(0, end).replace(/\/+$/, '')
  const normal = normalArtifactPath(folder)
  if (folder !== normal) {
    const resolved = normal === '' ? '.' : normal
    throw internalError(
      `Invalid artifact path: '${folder}'. Names may be treated as files in certain cases, and must not resolve to ` +
        `other names when treated as such. This name would resolve to '${resolved}'`,
    )
  }
  if (name === '.') throw invalidParameter('Path refers to a directory, not a file')
  return normal === '' ? name : `${normal}/${name}`
}

/** The last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** @throws AppError `invalid-parameter` when the text is encoded more often than MLflow decodes */
export function decodeFully(text: string): string {
  let current = text
  for (let round = 0; round < mostDecodings; round++) {
    const decoded = joinUri(splitUri(percentDecode(current)))
    if (decoded === current) return current
    current = decoded
  }
  throw invalidParameter('Invalid path')
}

/** As Python does: escapes that are none stay, bytes that are no UTF-8 become U+FFFD. */
function percentDecode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}

function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to escape.
  return text.replaceAll(/[\0-\x1f\x7f]/g, (control) => `%${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** A drive with a root (`C:/x`), or a share (`\\host\share`, with either slash). `C:x` and `\x` are ordinary names. */
function isAbsoluteOnWindows(path: string): boolean {
  return /^[a-z]:[\\/]/i.test(path) || /^[\\/]{2}[^\\/]+[\\/](?![\\/])/.test(path) || /^\\\\\?\\/.test(path)
}
