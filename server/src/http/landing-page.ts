import type { FastifyInstance } from 'fastify'

/** The page at `/` for a person with a browser: where things are and how to log a first run. */
export function landingPage(server: FastifyInstance): void {
  server.get('/', { config: { access: 'authenticated' } }, (request, reply) => {
    const url = `${request.protocol}://${request.host}`
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
      .send(page(escapeHtml(url)))
  })
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function page(url: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Runstead</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 4rem auto; padding: 0 1.5rem; }
  h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
  pre { background: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; overflow-x: auto; line-height: 1.45; }
  code { font: 14px ui-monospace, monospace; }
  ul { padding-left: 1.2rem; }
</style>
<h1>Runstead is running</h1>
<p>An experiment tracking server for unmodified MLflow clients. Log a first run:</p>
<pre><code>import mlflow

mlflow.set_tracking_uri("${url}")
mlflow.set_experiment("first")
with mlflow.start_run():
    mlflow.log_param("lr", 0.01)
    for step in range(100):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)</code></pre>
<ul>
  <li><a href="/openapi.json">openapi.json</a>: every operation, on both faces</li>
  <li><a href="/api/2.0/mlflow/experiments/search?max_results=100">experiments</a> as JSON</li>
  <li><a href="/health">health</a>, <a href="/version">version</a></li>
</ul>
<p>This version has no web interface of its own yet.</p>
</html>
`
}
