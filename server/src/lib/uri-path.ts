const bareScheme = /^[a-z][a-z0-9+.-]*:$/i

/**
 * Appends a relative path to the path of a URI without query and fragment, or of a plain path: `s3://bucket` + `a/b` =
 * `s3://bucket/a/b`.
 */
export function appendToUri(uri: string, path: string): string {
  return uri.endsWith('/') || bareScheme.test(uri) ? uri + path : `${uri}/${path}`
}
