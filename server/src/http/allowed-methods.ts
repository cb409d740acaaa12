/** Which methods the places of a server take; for answering the wrong method and OPTIONS. */
export interface AllowedMethods {
  add(method: string, urlPattern: string): void
  /** Methods at a concrete path, sorted; empty when there is nothing at it. */
  at(path: string): string[]
}

export function createAllowedMethods(): AllowedMethods {
  const places = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  return {
    add(method, urlPattern) {
      const place = places.get(urlPattern) ?? { pattern: patternOf(urlPattern), methods: new Set() }
      places.set(urlPattern, place)
      place.methods.add(method)
      if (method === 'GET') place.methods.add('HEAD')
    },
    at(path) {
      const methods = new Set<string>()
      for (const place of places.values()) {
        if (place.pattern.test(path)) for (const method of place.methods) methods.add(method)
      }
      return methods.size === 0 ? [] : [...methods.add('OPTIONS')].sort()
    },
  }
}

function patternOf(urlPattern: string): RegExp {
  const source = urlPattern
    .split('/')
    .map((segment) => {
      if (segment === '*') return '.*'
      return segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    })
    .join('/')
  return new RegExp(`^${source}$`)
}
