import { defineEndpoint, get, post, root } from '../../contract/endpoint.ts'
import { any, int32, list, message, required, string } from '../../contract/wire.ts'

const summaryFields = {
  id: string('OCID; what paths name the platform by.'),
  displayName: string(),
  compartmentId: string('The platform itself: this server has no compartments.'),
  aiDataPlatformType: string(),
  timeCreated: string('RFC 3339, UTC.'),
  timeUpdated: string('RFC 3339, UTC.'),
  lifecycleState: string('ACTIVE.'),
  freeformTags: any(),
  definedTags: any(),
  systemTags: any(),
}

const AiDataPlatform = message('AiDataPlatform', summaryFields)

export const listPlatforms = defineEndpoint({
  id: 'listAiDataPlatforms',
  summary: 'List the platforms of this server.',
  routes: [root(get('/aiDataPlatforms'))],
  scope: 'service',
  permission: 'platform.read',
  request: message('ListAiDataPlatforms', {
    compartmentId: string('Not a filter: this server has no compartments.'),
    id: string(),
    displayName: string(),
    lifecycleState: string(),
    excludeLifecycleState: string(),
    limit: int32('1 to 1,000; absent: 100.'),
    page: string('Token of the page, from `opc-next-page`.'),
    sortOrder: string('ASC or DESC; absent: DESC for timeCreated, ASC for displayName.'),
    sortBy: string('timeCreated or displayName; absent: timeCreated.'),
  }),
  reply: message('AiDataPlatformCollection', { items: required(list(AiDataPlatform)) }),
})

export const getPlatform = defineEndpoint({
  id: 'getAiDataPlatform',
  summary: 'Read a platform.',
  routes: [root(get('/aiDataPlatforms/:aiDataPlatformId'))],
  scope: 'service',
  permission: 'platform.read',
  request: message('GetAiDataPlatform', { aiDataPlatformId: required(string()) }),
  reply: AiDataPlatform,
})

export const createPlatform = defineEndpoint({
  id: 'createAiDataPlatform',
  summary: 'Create a platform with its default workspace.',
  routes: [root(post('/aiDataPlatforms'))],
  scope: 'service',
  status: 201,
  permission: 'platform.admin',
  request: message('CreateAiDataPlatform', {
    displayName: required(string('At most 255 characters.')),
    id: string('An OCID; absent: a new one.'),
  }),
  reply: AiDataPlatform,
})
