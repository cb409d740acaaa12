import type { AppError } from '../../errors/app-error.ts'
import { renderingOf } from '../../errors/error-catalogue.ts'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import type { WireFace } from './wire-face.ts'

/** MLflow's face: errors as `{"error_code": …, "message": …}` on one line, with the class and state of newer servers. */
export const mlflowWire: WireFace = {
  name: 'mlflow',
  renderError(error) {
    const { mlflow } = renderingOf(error.code)
    if (error.details.spelling !== undefined) return { status: mlflow.status, body: proxyError(error) }
    const fields = [`"error_code": "${mlflow.errorCode}"`, `"message": ${asciiJsonString(error.message)}`]
    if (mlflow.sqlstate !== undefined) fields.push(`"sqlstate": "${mlflow.sqlstate}"`)
    if (mlflow.errorClass !== undefined) fields.push(`"error_class": "${mlflow.errorClass}"`)
    return { status: mlflow.status, body: `{${fields.join(', ')}}` }
  },
  headersFor() {
    return {}
  },
}

function proxyError({ code, message, details }: AppError): string {
  if (details.spelling === 'detail') return JSON.stringify({ detail: message })
  const { errorCode, sqlstate, errorClass } = renderingOf(code).mlflow
  return JSON.stringify({ error_code: errorCode, message, sqlstate, error_class: errorClass })
}
