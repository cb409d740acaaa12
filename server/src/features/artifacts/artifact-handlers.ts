import type { Handler } from '../../context/context.ts'
import { deleteArtifact } from './delete-artifact.ts'
import { downloadArtifact, downloadLoggedModelArtifact, getArtifact } from './download-artifact.ts'
import { listArtifacts, listLoggedModelArtifacts, listProxiedArtifacts } from './list-artifacts.ts'
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload } from './multipart-upload.ts'
import { createPresignedDownloadUrl, createPresignedUploadUrl, presignProxiedDownload } from './presigned-url.ts'
import { uploadArtifact, uploadRunArtifact } from './upload-artifact.ts'

export const artifactHandlers: readonly Handler[] = [
  listArtifacts,
  listProxiedArtifacts,
  listLoggedModelArtifacts,
  downloadArtifact,
  uploadArtifact,
  deleteArtifact,
  getArtifact,
  downloadLoggedModelArtifact,
  uploadRunArtifact,
  createMultipartUpload,
  completeMultipartUpload,
  abortMultipartUpload,
  presignProxiedDownload,
  createPresignedUploadUrl,
  createPresignedDownloadUrl,
]
