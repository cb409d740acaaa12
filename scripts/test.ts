/**
 * Runs the test suites and ends with one line `N passed, N failed, N skipped`.
 *
 *   npm test                    unit and endpoint tests, then the conformance suites
 *   npm test -- unit            unit and endpoint tests alone
 *   npm run conformance         the conformance suites alone
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const root = dirname(import.meta.dirname)
const suites: Readonly<Record<string, string>> = {
  unit: 'vitest.config.ts',
  conformance: 'conformance/vitest.config.ts',
}
const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => suites[name] === undefined)
if (unknown !== undefined) {
  console.error(`Unknown suite '${unknown}'; there are ${Object.keys(suites).join(' and ')}.`)
  process.exit(2)
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
for (const name of wanted.length === 0 ? Object.keys(suites) : wanted) {
  console.log(`\n== ${name} ==`)
  const counts = runSuite(suites[name] as string)
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)

function runSuite(config: string): Counts {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const reports = mkdtempSync(join(tmpdir(), 'runstead-report-'))
  const report = join(reports, 'report.json')
  const { status } = spawnSync(
    process.execPath,
    // A snapshot that is missing or different fails; none is written.
    [
      vitest,
      'run',
      '--update=none',
      '--config',
      config,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: 'inherit' },
  )
  try {
    return countsOf(JSON.parse(readFileSync(report, 'utf8')) as Report, status)
  } catch (error) {
    console.error(`The suite ended without a report: ${error instanceof Error ? error.message : String(error)}`)
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/** A file that failed before its first test, or an error outside any test, counts as one failure. */
function countsOf(report: Report, status: number | null): Counts {
  const brokenFiles = report.testResults.filter(
    ({ status: outcome, assertionResults }) => outcome === 'failed' && assertionResults.length === 0,
  ).length
  const failed = report.numFailedTests + brokenFiles
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
