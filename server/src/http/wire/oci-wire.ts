import { renderingOf } from '../../errors/error-catalogue.ts'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import type { WireFace } from './wire-face.ts'

/**
 * Oracle's face: errors as `{"code": …, "message": …}` with MLflow's `error_code` beside them, so that either kind of client
 * reads its own, with AIDP's status at the routes of its operations and MLflow's at all others; the entity's revision as `etag`, the next page also as `opc-next-page`.
 */
export const ociWire: WireFace = {
  name: 'oci',
  renderError(error, dialect) {
    const { oci, mlflow } = renderingOf(error.code)
    const isAidp = dialect === 'aidp'
    const code = isAidp ? oci.code : (oci.codeInMlflow ?? oci.code)
    const errorCode = isAidp ? (oci.errorCode ?? mlflow.errorCode) : mlflow.errorCode
    const body = `{"code": "${code}", "message": ${asciiJsonString(error.message)}, "error_code": "${errorCode}"}`
    return { status: isAidp ? oci.status : mlflow.status, body }
  },
  headersFor({ revision, nextPageToken, asyncOperationKey, location }) {
    const headers: Record<string, string> = {}
    if (revision !== undefined) headers['etag'] = `"${revision}"`
    if (nextPageToken !== undefined) headers['opc-next-page'] = nextPageToken
    if (asyncOperationKey !== undefined) headers['aidp-async-operation-key'] = asyncOperationKey
    if (location !== undefined) {
      headers['location'] = location
      headers['content-location'] = location
    }
    return headers
  },
}
