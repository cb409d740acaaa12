import { joinUri, splitUri } from './uri-parts.ts'

/**
 * Appends a relative path to the path of a URI, in front of its query, or to a plain path, as MLflow makes the artifact
 * URI of a run from its experiment's location: `s3://bucket?a=b` + `c/d` = `s3://bucket/c/d?a=b`.
 */
export function appendToUri(uri: string, path: string): string {
  const parts = splitUri(uri)
  if (parts.scheme === '') return appendToPath(uri, path)
  const appended = appendToPath(parts.path, path)
  if (parts.path.startsWith('/')) return joinUri({ ...parts, path: appended })
  return `${parts.scheme}:${joinUri({ ...parts, scheme: '', path: appended })}`
}

function appendToPath(before: string, after: string): string {
  return before === '' || before.endsWith('/') ? before + after : `${before}/${after}`
}
