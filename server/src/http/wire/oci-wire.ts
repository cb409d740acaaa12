import { renderingOf } from '../../errors/error-catalogue.ts'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import type { WireFace } from './wire-face.ts'

/**
 * Oracle's face: errors as `{"code": …, "message": …}` with MLflow's `error_code` beside them, so that either kind of client
 * reads its own; the entity's revision as `etag`, the next page also as `opc-next-page`.
 */
export const ociWire: WireFace = {
  name: 'oci',
  renderError(error) {
    const { oci, mlflow } = renderingOf(error.code)
    const body = `{"code": "${oci.code}", "message": ${asciiJsonString(error.message)}, "error_code": "${mlflow.errorCode}"}`
    return { status: oci.status, body }
  },
  headersFor({ revision, nextPageToken }) {
    const headers: Record<string, string> = {}
    if (revision !== undefined) headers['etag'] = `"${revision}"`
    if (nextPageToken !== undefined) headers['opc-next-page'] = nextPageToken
    return headers
  },
}
