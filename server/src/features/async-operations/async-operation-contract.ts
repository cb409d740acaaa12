import { defineEndpoint, get, root } from '../../contract/endpoint.ts'
import { message, required, string } from '../../contract/wire.ts'

const path = '/asyncOperations/:asyncOperationKey'

const AsyncOperation = message('AsyncOperation', {
  key: string(),
  resourceType: string('Such as WORKSPACE.'),
  actionType: string('Such as CREATE_WORKSPACE.'),
  resourceName: string('Key of the resource.'),
  resourceDisplayName: string(),
  createdBy: string('Id of a user.'),
  createdByName: string(),
  timeStarted: string('RFC 3339, UTC.'),
  timeFinished: string('RFC 3339, UTC.'),
  status: string('IN_PROGRESS, SUCCEEDED, FAILED or CANCELED.'),
  statusDetails: string(),
  errorCode: string(),
  errorMessage: string(),
})

export const getAsyncOperation = defineEndpoint({
  id: 'getAsyncOperation',
  summary: 'Read how an asynchronous operation stands; kept for 30 days.',
  routes: [root(get(path))],
  scope: 'control',
  aidp: { operation: 'getAsyncOperation', method: 'GET', path, profile: 'S' },
  permission: 'platform.read',
  request: message('GetAsyncOperation', { asyncOperationKey: required(string()) }),
  reply: AsyncOperation,
})
