import { renderingOf } from '../../errors/error-catalogue.ts'
import type { WireFace } from './wire-face.ts'

/** MLflow's face: errors as `{"error_code": …, "message": …}` on one line, with the class and state of newer servers. */
export const mlflowWire: WireFace = {
  name: 'mlflow',
  renderError(error) {
    const { mlflow } = renderingOf(error.code)
    const fields = [`"error_code": "${mlflow.errorCode}"`, `"message": ${asciiJson(error.message)}`]
    if (mlflow.sqlstate !== undefined) fields.push(`"sqlstate": "${mlflow.sqlstate}"`)
    if (mlflow.errorClass !== undefined) fields.push(`"error_class": "${mlflow.errorClass}"`)
    return { status: mlflow.status, body: `{${fields.join(', ')}}` }
  },
  headersFor() {
    return {}
  },
}

/** JSON text of a string with everything beyond printable ASCII escaped. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
