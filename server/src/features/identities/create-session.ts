import { createPublicKey } from 'node:crypto'
import { handle } from '../../context/context.ts'
import { serverSecret } from '../../db/server-secret.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { tenancyOf } from './key-service.ts'
import { platformId } from './key-store.ts'
import { readPublicKey } from './public-key-rules.ts'
import * as contract from './session-contract.ts'
import { mintSessionToken, sessionSecretName } from './session-token.ts'
import { refuseLimited, subjectOf } from './subject.ts'

const leastSeconds = 60
const mostSeconds = 86_400
const usualSeconds = 3600

export const createSession = handle(contract.createSession, async (context, request) => {
  const { db, platform } = context
  refuseLimited(context)
  const seconds = Number(request.seconds ?? usualSeconds)
  if (seconds < leastSeconds || seconds > mostSeconds) {
    throw invalidParameter(`'seconds' must be from ${leastSeconds} to ${mostSeconds}.`, { field: 'seconds' })
  }
  const publicKey = createPublicKey(readPublicKey(request.public_key).pem)
  const user = await subjectOf(db.lookup, context, request.user_id)
  const tenancy = tenancyOf(await platformId(db.lookup, platform))
  const now = context.now()
  const secret = await serverSecret(db, sessionSecretName, now)
  const token = await mintSessionToken(secret, { subject: user.id, platform, tenancy, publicKey }, now, seconds)
  return { body: { token, expiration_time: (Math.floor(now / 1000) + seconds) * 1000 } }
})
