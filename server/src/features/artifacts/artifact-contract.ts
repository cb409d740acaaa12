import { ajax, defineEndpoint, defineStreamEndpoint, del, get, post, put, root } from '../../contract/endpoint.ts'
import { any, bool, empty, int64, list, message, required, string } from '../../contract/wire.ts'

const artifactPath = string('Path in the artifact store, such as `1/<run id>/artifacts/model/MLmodel`.')

const FileInfo = message('FileInfo', {
  path: string(),
  is_dir: bool(),
  file_size: int64('Bytes; absent for folders and empty files.'),
})

export const listArtifacts = defineEndpoint({
  id: 'listArtifacts',
  summary: "List one folder of a run's artifacts.",
  routes: [get('/2.0/mlflow/artifacts/list')],
  aidp: { operation: 'listArtifacts', method: 'GET', path: '/2.0/mlflow/artifacts/list', profile: 'L' },
  permission: 'workspace.read',
  request: message('ListArtifacts', {
    run_id: required(string(), 'run_uuid'),
    path: string("Folder below the run's artifacts; absent means all of them."),
    page_token: string('In AIDP a page has 1,000 files; in MLflow a folder comes in one answer.'),
  }),
  reply: message('ListArtifacts.Response', {
    root_uri: string(),
    files: list(FileInfo),
    next_page_token: string(),
  }),
})

export const listLoggedModelArtifacts = defineEndpoint({
  id: 'listLoggedModelArtifacts',
  summary: "List one folder of a logged model's artifacts.",
  routes: [get('/2.0/mlflow/logged-models/:model_id/artifacts/directories')],
  permission: 'workspace.read',
  request: message('ListLoggedModelArtifacts', {
    model_id: required(string()),
    artifact_directory_path: string("Folder below the model's artifacts; absent means all of them."),
    page_token: string('Not used: a folder comes in one answer.'),
  }),
  reply: message('ListLoggedModelArtifacts.Response', { root_uri: string(), files: list(FileInfo) }),
})

export const downloadLoggedModelArtifact = defineStreamEndpoint({
  id: 'downloadLoggedModelArtifact',
  summary: 'Download an artifact of a logged model.',
  routes: [ajax(get('/2.0/mlflow/logged-models/:model_id/artifacts/files'))],
  permission: 'workspace.read',
  query: message('DownloadLoggedModelArtifact', {
    model_id: required(string()),
    artifact_file_path: required(string()),
  }),
})

export const listProxiedArtifacts = defineEndpoint({
  id: 'listProxiedArtifacts',
  summary: 'List one folder of the artifact store.',
  routes: [get('/2.0/mlflow-artifacts/artifacts')],
  permission: 'workspace.read',
  request: message('ListProxiedArtifacts', { path: string('Absent means the whole store of the workspace.') }),
  reply: message('ListProxiedArtifacts.Response', { files: list(FileInfo) }),
})

export const deleteArtifact = defineEndpoint({
  id: 'deleteArtifact',
  summary: 'Remove an artifact, or a folder with all below it; nothing there is fine.',
  routes: [del('/2.0/mlflow-artifacts/artifacts/*')],
  permission: 'workspace.purge',
  request: message('DeleteArtifact', { artifact_path: artifactPath }),
  reply: empty,
})

export const downloadArtifact = defineStreamEndpoint({
  id: 'downloadArtifact',
  summary: 'Download an artifact, or a range of it.',
  routes: [get('/2.0/mlflow-artifacts/artifacts/*')],
  permission: 'workspace.read',
  query: empty,
})

export const uploadArtifact = defineStreamEndpoint({
  id: 'uploadArtifact',
  summary: 'Store the request body as an artifact, replacing the one that is there.',
  routes: [put('/2.0/mlflow-artifacts/artifacts/*')],
  permission: 'workspace.write',
  query: empty,
})

export const getArtifact = defineStreamEndpoint({
  id: 'getArtifact',
  summary: 'Download an artifact of a run.',
  routes: [root(get('/get-artifact'))],
  permission: 'workspace.read',
  query: message('GetArtifact', { run_id: required(string(), 'run_uuid'), path: required(string()) }),
})

export const uploadRunArtifact = defineStreamEndpoint({
  id: 'uploadRunArtifact',
  summary: 'Store the request body, at most 10 MiB, as an artifact of a run.',
  routes: [ajax(post('/2.0/mlflow/upload-artifact'))],
  permission: 'workspace.write',
  query: message('UploadRunArtifact', { run_uuid: required(string()), path: required(string()) }),
})

export const createMultipartUpload = defineEndpoint({
  id: 'createMultipartUpload',
  summary: 'Begin an upload in parts, straight to the artifact store.',
  routes: [post('/2.0/mlflow-artifacts/mpu/create/*')],
  permission: 'workspace.write',
  request: message('CreateMultipartUpload', {
    path: required(string('Name of the file.')),
    num_parts: int64('1 to 10,000; absent means 1.'),
    artifact_path: string('Folder of the artifact store.'),
  }),
  reply: message('CreateMultipartUpload.Response', {
    upload_id: string(),
    credentials: list(
      message('MultipartUploadCredential', {
        url: string('Where to PUT the part.'),
        part_number: int64(),
        headers: any('Headers to send, name to value.'),
      }),
    ),
  }),
})

const MultipartUploadPart = message('MultipartUploadPart', { part_number: int64(), etag: string(), url: string() })

export const completeMultipartUpload = defineEndpoint({
  id: 'completeMultipartUpload',
  summary: 'Put the parts of an upload together.',
  routes: [post('/2.0/mlflow-artifacts/mpu/complete/*')],
  permission: 'workspace.write',
  request: message('CompleteMultipartUpload', {
    path: required(string('Name of the file.')),
    upload_id: string(),
    parts: required(list(MultipartUploadPart)),
    artifact_path: string('Folder of the artifact store.'),
  }),
  reply: empty,
})

export const abortMultipartUpload = defineEndpoint({
  id: 'abortMultipartUpload',
  summary: 'Give up an upload in parts.',
  routes: [post('/2.0/mlflow-artifacts/mpu/abort/*')],
  permission: 'workspace.write',
  request: message('AbortMultipartUpload', {
    path: required(string('Name of the file.')),
    upload_id: string(),
    artifact_path: string('Folder of the artifact store.'),
  }),
  reply: empty,
})

export const presignProxiedDownload = defineEndpoint({
  id: 'presignProxiedDownload',
  summary: 'Make a URL that downloads an artifact straight from the artifact store.',
  routes: [get('/2.0/mlflow-artifacts/presigned/*')],
  permission: 'workspace.read',
  request: message('PresignProxiedDownload', { artifact_path: artifactPath }),
  reply: message('PresignProxiedDownload.Response', { url: string(), headers: any(), file_size: int64() }),
  format: 'compact',
})

export const createPresignedUploadUrl = defineEndpoint({
  id: 'createPresignedUploadUrl',
  summary: 'Make a URL that uploads an artifact of a run or logged model straight to its own storage.',
  routes: [post('/2.0/mlflow/artifacts/presigned-upload-url')],
  permission: 'workspace.write',
  request: message('CreatePresignedUploadUrl', {
    run_id: string('Either this or `model_id`.'),
    path: required(string()),
    expiration: int64('Seconds; absent means 900.'),
    model_id: string(),
  }),
  reply: message('CreatePresignedUploadUrl.Response', { presigned_url: string(), headers: any() }),
})

export const createPresignedDownloadUrl = defineEndpoint({
  id: 'createPresignedDownloadUrl',
  summary: 'Make a URL that downloads an artifact of a run straight from its own storage.',
  routes: [post('/2.0/mlflow/artifacts/presigned-download-url')],
  permission: 'workspace.read',
  request: message('CreatePresignedDownloadUrl', {
    run_id: required(string()),
    path: required(string()),
    expiration: int64('Seconds, 1 to 604,800; absent means 300.'),
  }),
  reply: message('CreatePresignedDownloadUrl.Response', {
    presigned_url: string(),
    headers: any(),
    file_size: int64(),
  }),
})
