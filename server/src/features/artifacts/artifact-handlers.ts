import type { Handler } from '../../context/context.ts'
import { deleteArtifact } from './delete-artifact.ts'
import { downloadArtifact, getArtifact } from './download-artifact.ts'
import { listArtifacts, listProxiedArtifacts } from './list-artifacts.ts'
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload } from './multipart-upload.ts'
import { createPresignedDownloadUrl, createPresignedUploadUrl, presignProxiedDownload } from './presigned-url.ts'
import { uploadArtifact, uploadRunArtifact } from './upload-artifact.ts'

export const artifactHandlers: readonly Handler[] = [
  listArtifacts,
  listProxiedArtifacts,
  downloadArtifact,
  uploadArtifact,
  deleteArtifact,
  getArtifact,
  uploadRunArtifact,
  createMultipartUpload,
  completeMultipartUpload,
  abortMultipartUpload,
  presignProxiedDownload,
  createPresignedUploadUrl,
  createPresignedDownloadUrl,
]
