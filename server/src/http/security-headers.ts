/** Two years, as browsers' preload lists ask for. */
const transportSecurity = 'max-age=63072000'

/**
 * Headers of every answer. What is shown as a page replaces the content policy with its own; what may be kept by a browser
 * replaces `cache-control`.
 *
 * @param publicUrl where browsers reach the server: on https they are told to stay there
 */
export function securityHeaders(publicUrl: string | undefined): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'content-security-policy': "default-src 'none'; frame-ancestors 'self'",
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(publicUrl?.startsWith('https:') ? { 'strict-transport-security': transportSecurity } : {}),
  }
}
