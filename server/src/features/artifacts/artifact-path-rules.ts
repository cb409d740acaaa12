import { posix } from 'node:path'
import { internalError, invalidParameter } from '../../errors/errors.ts'

/** Rounds of decoding after which MLflow gives up on a path. */
const mostDecodings = 10

/** Prefixes that make a path a URI for some client, also without a slash behind. */
const schemes =
  /^(file|https?|s?ftp|s3|gs|r2|b2|wasbs?|abfss?|hdfs|viewfs|dbfs|oci|mlflow-artifacts|runs|models|data|javascript):/i

/**
 * The rule for artifact paths: the path is percent-decoded until nothing changes, as MLflow 3.17.0 does
 * (`validate_path_is_safe`), and what could lead out of a folder on any system is refused: `..`, a leading `/`, a drive, a
 * URI. So is what MLflow stores under another name than was sent, or hands to clients that cannot write it: control
 * characters, backslashes, bytes that are no UTF-8, `#`. Nothing is trimmed.
 *
 * @returns the decoded path; it may still hold empty and `.` names, and end with `/`
 * @throws AppError `invalid-parameter`
 */
export function checkArtifactPath(path: string): string {
  const decoded = decodeFully(path)
  const refused =
    decoded.split('/').includes('..') ||
    decoded.startsWith('/') ||
    /^[a-z]:/i.test(decoded) ||
    /^[a-z][a-z0-9+.-]*:\//i.test(decoded) ||
    schemes.test(decoded)
  if (refused) throw invalidPath()
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

/** @throws AppError `invalid-parameter` when the text is encoded more often than MLflow decodes, or has what no path may */
function decodeFully(text: string): string {
  let current = text
  for (let round = 0; round < mostDecodings; round++) {
    if (hasForbidden(current)) throw invalidPath()
    const decoded = percentDecode(current)
    if (decoded === current) return current
    current = decoded
  }
  throw invalidPath()
}

function hasForbidden(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse.
  return /[\0-\x1f\x7f\\#\ufffd]/.test(text) || !text.isWellFormed()
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Escapes that are none stay. @throws AppError `invalid-parameter` for bytes that are no UTF-8 */
function percentDecode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return utf8.decode(Buffer.from(escapes.replaceAll('%', ''), 'hex'))
    } catch {
      throw invalidPath()
    }
  })
}

function invalidPath(): Error {
  return invalidParameter('Invalid path')
}
