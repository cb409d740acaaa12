const escapedByNewerClients = /[`|^{}\\]/g

/**
 * What older `oci-common` releases (up to 2.139) sign in place of the target that they send: with some marks escaped, and
 * with letters beyond ASCII as they are instead of escaped.
 *
 * @returns only targets that differ from the one that was sent
 */
export function legacyTargets(target: string): string[] {
  const escaped = target.replaceAll(
    escapedByNewerClients,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  // The bytes of UTF-8 text, one character for each byte, as in the rest of the signing string.
  const unescaped = escaped.replaceAll(/%([89A-F][0-9A-F])/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return [...new Set([escaped, unescaped])].filter((candidate) => candidate !== target)
}
