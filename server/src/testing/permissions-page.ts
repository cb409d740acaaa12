import type { Permission } from '../contract/endpoint.ts'
import type { Attempt, Role } from './permission-table.ts'
import { roles } from './permission-table.ts'

const words: Readonly<Record<Permission, string>> = {
  public: 'nothing: probes',
  self: 'a login; the operation is about the caller itself, or asks for an administrator',
  'platform.read': 'a login; lists show what the caller may see',
  'platform.admin': 'to be an administrator of the platform',
  'workspace.create': 'the right to create workspaces',
  'workspace.read': 'USER in the workspace',
  'workspace.write': 'USER in the workspace',
  'workspace.purge': 'PRIVILEGED_USER in the workspace',
  'workspace.admin': 'ADMINISTRATOR in the workspace',
  'registry.read': 'a login; searches show the models that the caller may see',
  'registry.create': 'USER in the workspace; at a platform’s own mount in any of its workspaces',
  'model.read': 'READ on the model',
  'model.manage': 'MANAGE on the model',
  'model.admin': 'ADMIN on the model',
}

const mountWords = {
  stock: "MLflow's own",
  workspace: 'workspace',
  platform: "platform's own",
  control: 'control',
  service: 'service',
} as const

/** The guide page of who may do what, made from what the server did. */
export function permissionsPage(attempts: readonly Attempt[]): string {
  const groups = Map.groupBy(attempts, (attempt) => `${rightOf(attempt)}\0${kindOf(attempt)}`)
  const rows = [...groups.values()].map(decisionRow)
  const endpoints = [...new Set(attempts.map(({ endpoint }) => endpoint))]
  const operations = endpoints
    .map(({ id, permission, routes }) => {
      const [route] = routes
      return `| ${id} | \`${route?.method} ${route?.path}\` | ${permission} |`
    })
    .sort()
  return `# Permissions

Every request passes one gate before anything is done for it. The gate knows for each operation what it needs; whoever has
not got it is answered as if the object did not exist. Only MLflow's own routes say 403, and only to those who may see the
object. On a server without users, reachable from its own machine alone, everyone is an administrator of the platform.

This page is made by a test (\`server/src/features/permissions/route-permissions.test.ts\`) that sends a request to every
route at every mount as each of these callers: ${new Set(attempts.map(({ place }) => `${place.method} ${place.url}`)).size} routes.

- **USER**, **PRIVILEGED_USER**, **ADMINISTRATOR** were given that permission in the workspace, and nothing else.
- **READ**, **MANAGE**, **ADMIN** were given that permission on the model of the request, and nothing else. Whoever creates a
  model is its ADMIN. A renamed model keeps its grants; a new model of an old name has none.
- **CREATE_WORKSPACE** may create workspaces, and has nothing else. Whoever creates a workspace is its ADMINISTRATOR.
- Permissions can be given to users, to groups, and to the role ALL_USERS, which is everyone with a login.
- A token can be limited to some workspaces and to an access: read; write; admin. It never has more than its owner.

## Give a permission

As an administrator, with \`P\` for \`http://localhost:5000/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default\`:

\`\`\`sh
# In a workspace: USER, PRIVILEGED_USER or ADMINISTRATOR, to users, groups or everyone, by name or id.
curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  $P/workspaces/default/actions/managePermission -d '{"assignWorkspacePermissionDetails":
    {"assignees": {"type": "GROUP", "targets": ["scientists"]}, "permissions": ["USER"]}}'
# On a model: READ, MANAGE or ADMIN; what is revoked goes first, all of it or none.
curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  $P/mlops/api/2.0/mlflow/registered-models/default.default.churn/actions/managePermission -d '{
    "revokeRegisteredModelPermissionDetails":
      {"assignees": {"type": "USER", "targets": ["ann"]}, "permissions": ["ADMIN"]},
    "assignRegisteredModelPermissionDetails":
      {"assignees": {"type": "ROLE", "targets": ["ALL_USERS"]}, "permissions": ["READ"]}}'
# Who has what; who did what.
curl -H "Authorization: Bearer $TOKEN" $P/workspaces/default/permissions
curl -H "Authorization: Bearer $TOKEN" "http://localhost:5000/api/2.0/runstead/audit/search?outcome=denied"
\`\`\`

The last ADMINISTRATOR of a workspace and the last ADMIN of a model stay (409).

## Who may do what

| Needed | Mount | ${roles.join(' | ')} |
|---|---|${roles.map(() => '---').join('|')}|
${rows.sort().join('\n')}

What each needs:

${Object.entries(words)
  .filter(([permission]) => attempts.some((attempt) => rightOf(attempt) === permission))
  .map(([permission, text]) => `- \`${permission}\`: ${text}.`)
  .join('\n')}

A rename needs ADMIN on the model and the right to create the new name. A delete with \`is_permanent\` needs
\`workspace.purge\`. Searches and totals are counted after what the caller may not see has been left out.

## Operations

| Operation | Route | Needs |
|---|---|---|
${operations.join('\n')}
`
}

/** @throws Error when routes that need the same are not treated the same */
function decisionRow(attempts: readonly Attempt[]): string {
  const [first] = attempts
  if (first === undefined) throw new Error('no attempts')
  const cells = roles.map((role) => {
    const answers = new Set(attempts.filter((attempt) => attempt.role === role).map(({ passed }) => passed))
    if (answers.size !== 1) {
      const passed = attempts.find((attempt) => attempt.role === role && attempt.passed)
      const refused = attempts.find((attempt) => attempt.role === role && !attempt.passed)
      throw new Error(
        `${role} passes at ${passed?.place.method} ${passed?.place.url} but not at ` +
          `${refused?.place.method} ${refused?.place.url}: ${refused?.status} ${refused?.body}`,
      )
    }
    return answers.has(true) ? 'yes' : '–'
  })
  return `| \`${rightOf(first)}\` | ${kindOf(first)} | ${cells.join(' | ')} |`
}

function rightOf({ endpoint, permanent }: Attempt): Permission | 'rename' {
  if (endpoint.id === 'renameRegisteredModel') return 'rename'
  return permanent ? 'workspace.purge' : endpoint.permission
}

function kindOf({ mount, place }: Attempt): string {
  // A control path names a workspace or does not.
  const named = mount.kind === 'control' && place.url.includes(':workspaceKey')
  return named ? 'control, of a workspace' : mountWords[mount.kind]
}

export type { Role }
