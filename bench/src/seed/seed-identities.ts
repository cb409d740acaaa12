import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { SigningKey } from '../load/manner.ts'
import { apiClient } from '../targets/api-client.ts'
import { runsteadData, runsteadProgram } from '../targets/start-target.ts'
import type { Target } from '../targets/target.ts'

const platform = 'ocid1.aidataplatform.local..default'
const platformPath = `/20260430/aiDataPlatforms/${platform}`

/** The mount of the default workspace in AIDP's dialect. */
export const workspaceMount = `${platformPath}/workspaces/default/mlops`

/** How a user of the default workspace logs in. */
export interface Login {
  readonly token: string
  readonly key: SigningKey
}

/** Running servers notice new users within this time, in ms. */
const noticeMs = 2_500

/** Makes an administrator on a running Runstead server, and a user with the permission USER in the default workspace alone. */
export async function seedLogin(target: Target): Promise<Login> {
  const runstead = (...args: string[]): string => {
    const command = [runsteadProgram(), ...args, '--data-dir', runsteadData(target.directory)]
    const out = execFileSync(process.execPath, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    return out.trim().split('\n').at(-1)!
  }
  const administrator = runstead('user', 'create', 'root', '--administrator', '--token', 'bench')
  const user = runstead('user', 'create', 'ann')
  const token = runstead('token', 'create', 'ann')
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const file = join(target.directory, 'ann.pem')
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }))
  runstead('key', 'add', 'ann', file)
  const digest = createHash('md5').update(publicKey.export({ type: 'spki', format: 'der' }))
  const fingerprint = digest.digest('hex').match(/../g)!.join(':')
  await wait(noticeMs)
  using client = apiClient(target.address, administrator)
  await client.post(`${platformPath}/workspaces/default/actions/managePermission`, {
    assignWorkspacePermissionDetails: { assignees: { type: 'USER', targets: [user] }, permissions: ['USER'] },
  })
  return {
    token,
    key: {
      keyId: `ocid1.tenancy.local..default/${user}/${fingerprint}`,
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  }
}
