/** A request as it arrived: nothing decoded, sorted or merged. */
export interface ReceivedRequest {
  readonly method: string
  /** The request target exactly as on the request line, query included. */
  readonly target: string
  /** Name, value, name, value, … as received. */
  readonly rawHeaders: readonly string[]
}

/** The values of a header, one for each time it was sent; `name` is lower case. */
export function valuesOf({ rawHeaders }: ReceivedRequest, name: string): string[] {
  const values: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === name) values.push(rawHeaders[index + 1]!)
  }
  return values
}

/**
 * The bytes that an OCI client signs: one line for each listed name, in the listed order, joined by LF.
 *
 * @param names lower case
 * @param target the request target, or another that is to be tried in its place
 * @returns undefined when a listed header is absent or was sent more than once
 */
export function signingString(
  request: ReceivedRequest,
  names: readonly string[],
  target = request.target,
): Buffer | undefined {
  const lines: string[] = []
  for (const name of names) {
    if (name === '(request-target)') {
      lines.push(`(request-target): ${request.method.toLowerCase()} ${target}`)
      continue
    }
    const values = valuesOf(request, name)
    if (values.length !== 1) return undefined
    lines.push(`${name}: ${values[0]!.trim()}`)
  }
  // Node decodes the head of a request as Latin-1; encoding it the same way gives back the bytes that were sent.
  return Buffer.from(lines.join('\n'), 'latin1')
}
