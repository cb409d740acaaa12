const aidpStart = /^\/+(api\/+)?(20260430|20240831)(?=[/?]|$)(?:\/+(aiDataPlatforms)(?=[/?]|$))?\/*/

/**
 * The target that is routed: without the doubled slashes that come of an endpoint which ends in one. Signatures are verified
 * on the target as it was sent. Beyond the start nothing is merged: what follows may be names.
 */
export function routedTarget(target: string): string {
  if (!target.startsWith('/')) return target
  const single = target.startsWith('//') ? target.replace(/^\/+/, '/') : target
  if (!single.includes('//')) return single
  return single.replace(aidpStart, (whole, api: string | undefined, version: string, platforms: string | undefined) => {
    const parts = [...(api === undefined ? [] : ['api']), version, ...(platforms === undefined ? [] : [platforms])]
    return `/${parts.join('/')}${whole.endsWith('/') ? '/' : ''}`
  })
}
