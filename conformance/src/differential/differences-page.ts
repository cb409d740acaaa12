import { deliberateDifferences } from './deliberate-differences.ts'

/** The guide page that lists what Runstead does otherwise than MLflow on purpose, made from the allow-list of the replay. */
export function differencesPage(): string {
  const items = deliberateDifferences.map(({ reason, status, cases }) => {
    const ids = Object.keys(cases)
    const examples = ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ')
    return `- ${reason} (${status}; ${examples})`
  })
  return `# Differences from MLflow

The real MLflow 3.17.0 server is the judge of every answer: the same requests go to both, and a difference fails the build
unless it is listed here with its reason. In brackets: the status that Runstead answers, and the requests of the replay
(\`conformance/src/differential/cases/\`) that show it. This page is made from that list by a test.

${items.join('\n')}
`
}
