import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OciUser } from './oci-client.ts'

/** Writes the configuration of Oracle's clients, with the user's keys beside it. @returns its path */
export function writeOciConfig(
  directory: string,
  { tenancy, user, fingerprint, privateKeyPem, publicKeyPem }: OciUser,
  name = 'user',
): string {
  const keyFile = join(directory, `${name}.key`)
  writeFileSync(keyFile, privateKeyPem, { mode: 0o600 })
  writeFileSync(join(directory, `${name}.pub`), publicKeyPem)
  const lines = ['[DEFAULT]', `tenancy=${tenancy}`, `user=${user}`, `fingerprint=${fingerprint}`]
  const config = join(directory, `${name}.config`)
  writeFileSync(config, [...lines, `key_file=${keyFile}`, 'region=us-ashburn-1', ''].join('\n'), { mode: 0o600 })
  return config
}
