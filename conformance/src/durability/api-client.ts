/** A JSON object as the API answers it. */
export type Answer = Readonly<Record<string, unknown>>

/** The few calls of the REST API that the durability suite makes. */
export interface ApiClient {
  /** POST; the status and the body, whatever the status is. @throws TypeError when the connection breaks */
  readonly post: (operation: string, body: object) => Promise<{ readonly status: number; readonly body: Answer }>
  /** GET. @throws Error unless the answer is 200 */
  readonly get: (operation: string, query: Readonly<Record<string, string>>) => Promise<Answer>
}

/** A client of the server at `url`; connections are kept alive by fetch itself. */
export function apiClient(url: string): ApiClient {
  return {
    post: async (operation, body) => {
      const answer = await fetch(`${url}/api/2.0/mlflow/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: answer.status, body: (await answer.json()) as Answer }
    },
    get: async (operation, query) => {
      const answer = await fetch(`${url}/api/2.0/mlflow/${operation}?${new URLSearchParams(query)}`)
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`${operation} ${JSON.stringify(query)}: ${answer.status} ${text}`)
      return JSON.parse(text) as Answer
    },
  }
}
