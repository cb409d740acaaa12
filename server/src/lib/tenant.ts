/**
 * Number of the workspace that owns a row. Every store function takes it, every key and query starts with it.
 * The default workspace of the default platform is 1.
 */
export type Tenant = number & { readonly __brand: 'tenant' }

/**
 * Number of the platform that owns a row. Tables that belong to a platform (the registry, identities) have it in their
 * `tenant` column. The default platform is 1.
 */
export type Platform = number & { readonly __brand: 'platform' }

export function tenantOf(workspaceNumber: number): Tenant {
  return workspaceNumber as Tenant
}

export function platformOf(platformNumber: number): Platform {
  return platformNumber as Platform
}
