/** What stands here for an option of `mlflow server`. */
interface MlflowOption {
  readonly flag: string
  /** Absent: it is set on the command line alone. */
  readonly variable?: string
  /** A sentence about this server. */
  readonly here: string
}

const oneProcess = 'This server is one process that needs no workers and no server options.'
const artifacts = 'Use --artifacts (a directory or an s3:// URL); the server hands out all files itself.'
const registry = 'The registry is in the same database; use --database.'
const prefix = 'There is no prefix; let the proxy take it off, and say --public-url.'
const workspaces = 'Workspaces are always there, in the same database; see docs/guide/workspaces.md.'

/** The options of `mlflow server` 3.17 that have another name or no place here. `--host`, `--port`, `--allowed-hosts` and `--cors-allowed-origins` are the same. */
const mlflowOptions: readonly MlflowOption[] = [
  {
    flag: 'backend-store-uri',
    variable: 'MLFLOW_BACKEND_STORE_URI',
    here: 'Use --database (postgres://… or sqlite:PATH).',
  },
  {
    flag: 'read-replica-backend-store-uri',
    variable: 'MLFLOW_READ_REPLICA_BACKEND_STORE_URI',
    here: 'There is one database; use --database.',
  },
  { flag: 'registry-store-uri', variable: 'MLFLOW_REGISTRY_STORE_URI', here: registry },
  { flag: 'default-artifact-root', variable: 'MLFLOW_DEFAULT_ARTIFACT_ROOT', here: artifacts },
  { flag: 'artifacts-destination', variable: 'MLFLOW_ARTIFACTS_DESTINATION', here: artifacts },
  { flag: 'serve-artifacts', variable: 'MLFLOW_SERVE_ARTIFACTS', here: artifacts },
  { flag: 'no-serve-artifacts', here: artifacts },
  { flag: 'artifacts-only', variable: 'MLFLOW_ARTIFACTS_ONLY', here: 'Files are served beside everything else.' },
  { flag: 'workers', variable: 'MLFLOW_WORKERS', here: oneProcess },
  { flag: 'gunicorn-opts', variable: 'MLFLOW_GUNICORN_OPTS', here: oneProcess },
  { flag: 'uvicorn-opts', variable: 'MLFLOW_UVICORN_OPTS', here: oneProcess },
  { flag: 'waitress-opts', here: oneProcess },
  { flag: 'dev', here: 'Use --log-level debug.' },
  { flag: 'env-file', here: 'Set RUNSTEAD_… variables in the environment.' },
  { flag: 'static-prefix', variable: 'MLFLOW_STATIC_PREFIX', here: prefix },
  { flag: 'expose-prometheus', variable: 'MLFLOW_EXPOSE_PROMETHEUS', here: 'There are no Prometheus metrics.' },
  { flag: 'app-name', here: 'Users and permissions are built in; see runstead user --help.' },
  {
    flag: 'disable-security-middleware',
    variable: 'MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE',
    here: 'It cannot be turned off; use --allowed-hosts and --cors-allowed-origins.',
  },
  {
    flag: 'x-frame-options',
    variable: 'MLFLOW_SERVER_X_FRAME_OPTIONS',
    here: 'There is no setting; pages of this server stand in frames of its own alone.',
  },
  { flag: 'trace-archival-config', variable: 'MLFLOW_TRACE_ARCHIVAL_CONFIG', here: 'Traces are not archived.' },
  { flag: 'secrets-cache-ttl', here: 'There is no cache of secrets.' },
  { flag: 'secrets-cache-max-size', here: 'There is no cache of secrets.' },
  { flag: 'workspace-store-uri', variable: 'MLFLOW_WORKSPACE_STORE_URI', here: workspaces },
  { flag: 'enable-workspaces', variable: 'MLFLOW_ENABLE_WORKSPACES', here: workspaces },
  { flag: 'disable-workspaces', here: workspaces },
]

/** Variables of `mlflow server` whose flags have the same name here. */
const sameFlags: Readonly<Record<string, string>> = {
  MLFLOW_HOST: 'host',
  MLFLOW_PORT: 'port',
  MLFLOW_SERVER_ALLOWED_HOSTS: 'allowed-hosts',
  MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: 'cors-allowed-origins',
}

/** What to say to somebody who gives a flag of `mlflow server`; undefined for other flags. */
export function adviceOnFlag(flag: string): string | undefined {
  const option = mlflowOptions.find((candidate) => candidate.flag === flag)
  return option && `It is one of mlflow server. ${option.here}`
}

/**
 * One line about the variables of `mlflow server` that are set and have no effect here; undefined when there are none. Variables
 * of MLflow's clients are none of them.
 */
export function adviceOnVariables(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const isSet = (variable: string | undefined): variable is string => variable !== undefined && !!environment[variable]
  const advice = [
    ...mlflowOptions.filter(({ variable }) => isSet(variable)).map(({ variable, here }) => `${variable}: ${here}`),
    ...Object.entries(sameFlags)
      .filter(([variable]) => isSet(variable))
      .map(([variable, flag]) => `${variable}: Use --${flag}.`),
  ]
  return advice.length === 0 ? undefined : `Variables of mlflow server that have no effect here. ${advice.join(' ')}`
}
