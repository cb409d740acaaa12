const aidpStart = /^\/+(api\/+)?(20260430|20240831)(?=[/?]|$)(?:\/+(aiDataPlatforms)(?=[/?]|$))?\/*/

const absoluteForm = /^https?:\/\/[^/?#]*/i

/**
 * The target that is routed: without a host (the browser defence compares it with the header), and without the doubled slashes that come of an endpoint which ends in one. Signatures are verified
 * on the target as it was sent. Beyond the start nothing is merged: what follows may be names.
 */
export function routedTarget(target: string): string {
  if (!target.startsWith('/')) {
    if (!absoluteForm.test(target)) return target
    const path = target.replace(absoluteForm, '')
    return routedTarget(path.startsWith('/') ? path : `/${path}`)
  }
  const single = target.startsWith('//') ? target.replace(/^\/+/, '/') : target
  if (!single.includes('//')) return single
  return single.replace(aidpStart, (whole, api: string | undefined, version: string, platforms: string | undefined) => {
    const parts = [...(api === undefined ? [] : ['api']), version, ...(platforms === undefined ? [] : [platforms])]
    return `/${parts.join('/')}${whole.endsWith('/') ? '/' : ''}`
  })
}
