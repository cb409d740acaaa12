import { invalidParameter, missingParameter } from '../../errors/errors.ts'

const mostCharacters = { displayName: 255, id: 500 } as const

/** What an OCID looks like: `ocid1.<type>.<realm>.<region>.<unique>`, without a slash. */
const ocid = /^ocid1\.[a-z0-9]+\.[a-z0-9-]*\.[a-z0-9-]*(\.[A-Za-z0-9_-]+)+$/

/** @throws AppError `missing-parameter`, `invalid-parameter` */
export function checkPlatformName(name: string): void {
  if (name.trim() === '') throw missingParameter('displayName')
  if ([...name].length > mostCharacters.displayName) {
    throw invalidParameter(`'displayName' may have at most ${mostCharacters.displayName} characters.`, {
      field: 'displayName',
    })
  }
}

/** @throws AppError `invalid-parameter` */
export function checkPlatformId(id: string): void {
  if (id.length <= mostCharacters.id && ocid.test(id)) return
  throw invalidParameter(`'id' must be an OCID such as 'ocid1.aidataplatform.local..name'; it is '${id}'.`, {
    field: 'id',
  })
}
