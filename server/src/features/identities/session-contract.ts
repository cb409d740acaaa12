import { defineEndpoint, post } from '../../contract/endpoint.ts'
import { int64, message, required, string } from '../../contract/wire.ts'
import { userRef } from './identity-contract.ts'

export const createSession = defineEndpoint({
  id: 'createSession',
  summary:
    "Make a session token for OCI request signatures: clients sign with the session's key under the id ST$<token>.",
  scope: 'platform',
  permission: 'self',
  format: 'compact',
  routes: [post('/2.0/runstead/users/:user_id/sessions')],
  request: message('CreateSession', {
    ...userRef,
    public_key: required(string('PEM, RSA of 2048 bit or more.')),
    seconds: int64('How long it is valid: 60 to 86,400; default 3,600.'),
  }),
  reply: message('CreateSession.Response', {
    token: string('The session token, shown once.'),
    expiration_time: int64('Epoch milliseconds.'),
  }),
})
