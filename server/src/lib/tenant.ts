/**
 * Number of the workspace that owns a row. Every store function takes it, every key and query starts with it.
 * The default workspace of the default platform is 1.
 */
export type Tenant = number & { readonly __brand: 'tenant' }

export function tenantOf(workspaceNumber: number): Tenant {
  return workspaceNumber as Tenant
}
