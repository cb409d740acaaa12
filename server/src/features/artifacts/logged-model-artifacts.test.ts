import { describe, expect, test } from 'vitest'
import { databases } from '../../testing/databases.ts'
import { startTestServer } from '../../testing/start-test-server.ts'

describe.each(databases)('artifacts of logged models on %s', (engine) => {
  test('are listed and downloaded by the id of the model', async () => {
    await using server = await startTestServer(engine)
    const { body } = await server.mlflow.post('/2.0/mlflow/logged-models', { experiment_id: '0', name: 'm' })
    const { model_id, artifact_uri } = body.model.info
    const root = artifact_uri.replace('mlflow-artifacts:/', '')
    const put = await server.http.inject({
      method: 'PUT',
      url: `/api/2.0/mlflow-artifacts/artifacts/${root}/data/a.txt`,
      payload: 'hello',
    })
    expect(put.statusCode).toBe(200)
    const folder = `/2.0/mlflow/logged-models/${model_id}/artifacts/directories`
    expect((await server.mlflow.get(folder)).body).toEqual({
      root_uri: artifact_uri,
      files: [{ path: 'data', is_dir: true }],
    })
    expect((await server.mlflow.get(folder, { artifact_directory_path: 'data' })).body.files).toEqual([
      { path: 'data/a.txt', is_dir: false, file_size: 5 },
    ])
    const file = (query: string) =>
      server.http.inject({ url: `/ajax-api/2.0/mlflow/logged-models/${model_id}/artifacts/files${query}` })
    expect(await file('?artifact_file_path=data/a.txt')).toMatchObject({ statusCode: 200, body: 'hello' })
    expect((await file('?artifact_file_path=none')).statusCode).toBe(404)
    expect((await file('?artifact_file_path=../x')).statusCode).toBe(400)
    expect((await file('')).json()).toMatchObject({ error_code: 'BAD_REQUEST' })
    expect((await server.mlflow.get('/2.0/mlflow/logged-models/m-0/artifacts/directories')).status).toBe(404)
  })
})
