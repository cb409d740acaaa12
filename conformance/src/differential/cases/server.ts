import { type Area, areaBuilder } from '../case.ts'

const { get, post, raw } = areaBuilder('server')

/** What a server answers before any experiment: probes, unknown routes, wrong verbs, odd spellings of paths. */
export const server: Area = {
  name: 'server',
  cases: [
    get('health', '/health'),
    get('version', '/version'),
    get('server-info', '3.0/mlflow/server-info'),
    get('server-info-ajax', '/ajax-api/3.0/mlflow/server-info'),
    get('server-info-of-version-2', '2.0/mlflow/server-info'),
    get('server-info-with-query', '3.0/mlflow/server-info?x=1'),
    raw('head-of-server-info', 'HEAD', '/api/3.0/mlflow/server-info'),
    raw('head-of-version', 'HEAD', '/version'),
    post('health-by-post', '/health', {}),
    get('unknown-route', '2.0/mlflow/nonsense'),
    get('unknown-route-at-root', '/nonsense'),
    get('unknown-version', '9.0/mlflow/experiments/get?experiment_id=0'),
    post('unknown-route-by-post', '2.0/mlflow/experiments/explode', {}),
    get('wrong-verb-get', '2.0/mlflow/runs/search'),
    get('wrong-verb-create', '2.0/mlflow/experiments/create'),
    post('wrong-verb-post', '2.0/mlflow/runs/get', {}),
    raw('wrong-verb-delete', 'DELETE', '/api/2.0/mlflow/runs/create'),
    raw('wrong-verb-put', 'PUT', '/api/2.0/mlflow/runs/log-metric'),
    raw('options-of-search', 'OPTIONS', '/api/2.0/mlflow/experiments/search'),
    raw('options-of-create', 'OPTIONS', '/api/2.0/mlflow/runs/create'),
    raw('head-of-get', 'HEAD', '/api/2.0/mlflow/experiments/get?experiment_id=0'),
    get('trailing-slash', '2.0/mlflow/experiments/get/?experiment_id=0'),
    get('doubled-slash-at-start', '//api/2.0/mlflow/experiments/get?experiment_id=0'),
    get('doubled-slash-inside', '2.0/mlflow//experiments/get?experiment_id=0'),
    get('percent-encoded-path', '2.0/mlflow/%65xperiments/get?experiment_id=0'),
    get('default-experiment', '2.0/mlflow/experiments/get?experiment_id=0'),
    get('default-experiment-by-name', '2.0/mlflow/experiments/get-by-name?experiment_name=Default'),
    get('default-experiment-ajax', '/ajax-api/2.0/mlflow/experiments/get?experiment_id=0'),
    get('accept-of-another-type', '2.0/mlflow/experiments/get?experiment_id=0', { headers: { accept: 'text/html' } }),
    get('local-origin', '2.0/mlflow/experiments/get?experiment_id=0', { headers: { origin: 'http://localhost:3000' } }),
    get('unprobed-host', '2.0/mlflow/experiments/get?experiment_id=0', { headers: { host: 'localhost' } }),
  ],
}
