import { describe, expect, test } from 'vitest'
import { adviceOnFlag, adviceOnVariables } from './mlflow-options.ts'
import { readServerConfig } from './server-config.ts'
import { settings } from './settings.ts'

const known: readonly string[] = Object.values(settings).map(({ flag }) => flag)

/** Every option of `mlflow server` 3.17, and the file of variables that `mlflow` takes. */
const flags = (
  'backend-store-uri read-replica-backend-store-uri registry-store-uri default-artifact-root serve-artifacts ' +
  'no-serve-artifacts artifacts-only artifacts-destination host port workers static-prefix allowed-hosts ' +
  'cors-allowed-origins disable-security-middleware x-frame-options gunicorn-opts waitress-opts uvicorn-opts dev ' +
  'expose-prometheus app-name trace-archival-config secrets-cache-ttl secrets-cache-max-size workspace-store-uri ' +
  'enable-workspaces disable-workspaces env-file'
).split(' ')

describe('the options of mlflow server', () => {
  test.each(flags)('--%s is a setting here as well, or says what to use', (flag) => {
    if (known.includes(flag)) return expect(adviceOnFlag(flag)).toBeUndefined()
    const advice = adviceOnFlag(flag) ?? ''
    expect(advice).toMatch(/^It is one of mlflow server\. \S.+\.$/)
    for (const [, named] of advice.matchAll(/--([a-z-]+)/g)) expect([...known, 'help']).toContain(named)
    for (const args of [[`--${flag}`, 'x'], [`--${flag}=x`]]) {
      expect(() => readServerConfig(args, {})).toThrow(`Unknown flag --${flag}. ${advice}`)
    }
  })

  test('their variables are named in one line, those of clients are not', () => {
    expect(
      adviceOnVariables({ MLFLOW_TRACKING_URI: 'http://x', MLFLOW_WORKSPACE: 'a', MLFLOW_PORT: '' }),
    ).toBeUndefined()
    expect(
      adviceOnVariables({
        MLFLOW_SERVER_ALLOWED_HOSTS: '*',
        MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE: 'true',
        MLFLOW_BACKEND_STORE_URI: 'postgresql://user:secret@host/db',
      }),
    ).toBe(
      'Variables of mlflow server that have no effect here. MLFLOW_BACKEND_STORE_URI: Use --database (postgres://… or ' +
        'sqlite:PATH). MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE: It cannot be turned off; use --allowed-hosts and ' +
        '--cors-allowed-origins. MLFLOW_SERVER_ALLOWED_HOSTS: Use --allowed-hosts.',
    )
  })
})
