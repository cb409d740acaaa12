interface Cookie {
  readonly value: string
  readonly path: string
}

export interface Page {
  readonly url: string
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

/** What a login needs of a browser: cookies for each host, redirects, and forms. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, Cookie>>()

  cookieOf(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).host)?.get(name)?.value
  }

  /** Opens a page and follows redirects. */
  async open(url: string, init: RequestInit = {}): Promise<Page> {
    let next = url
    let options = init
    for (let hop = 0; hop < 15; hop++) {
      const page = await this.request(next, options)
      const location = page.headers.get('location')
      if (location === null) return page
      next = new URL(location, next).href
      options = {}
    }
    throw new Error(`${url} redirects without end.`)
  }

  /** One request, without following redirects. */
  async request(url: string, init: RequestInit = {}): Promise<Page> {
    const { host, pathname } = new URL(url)
    const cookies = [...(this.#cookies.get(host) ?? [])].filter(([, { path }]) => pathname.startsWith(path))
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join('; ') },
    })
    for (const line of answer.headers.getSetCookie()) this.#keep(host, line)
    return { url, status: answer.status, text: await answer.text(), headers: answer.headers }
  }

  /** Sends the form of a page with these fields beside its hidden ones. */
  async submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1]
    if (action === undefined) throw new Error(`There is no form on ${page.url}:\n${page.text}`)
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
    const body = new URLSearchParams({
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
      ...fields,
    })
    return this.open(new URL(action, page.url).href, { method: 'POST', body })
  }

  #keep(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const equals = pair.indexOf('=')
    const jar = this.#cookies.get(host) ?? new Map<string, Cookie>()
    this.#cookies.set(host, jar)
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/'
    const ended = attributes.some((attribute) => /^max-age=0$/i.test(attribute) || /^expires=.*1970/i.test(attribute))
    if (ended || pair.slice(equals + 1) === '') jar.delete(pair.slice(0, equals))
    else jar.set(pair.slice(0, equals), { value: pair.slice(equals + 1), path })
  }
}
