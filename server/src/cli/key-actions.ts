import { readFile } from 'node:fs/promises'
import { SettingError } from '../config/setting-error.ts'
import { addKey, deleteKey, keyIdOf, setKeyDisabled } from '../features/identities/key-service.ts'
import { listKeys } from '../features/identities/key-store.ts'
import { getUser } from '../features/identities/user-store.ts'
import type { Action } from './command-line.ts'
import type { IdentitySession } from './identity-session.ts'
import { keyCells, keyHead, tableLines } from './identity-text.ts'

export const keyActions: Readonly<Record<string, Action<IdentitySession>>> = {
  add: {
    summary: 'Register a public key (a PEM file, RSA of 2048 bit or more) for OCI request signatures; three at most.',
    takes: ['USER', 'FILE'],
    flags: {
      tenancy: {
        placeholder: 'OCID',
        help: "The tenancy in the client's configuration. Default: that of the platform.",
      },
    },
    async run(session, [name = '', file = ''], flags) {
      const { platform, now } = session
      const pem = await readKeyFile(file)
      const key = await session.change(async (tx) =>
        addKey(tx, platform, now, await getUser(tx, platform, name), pem, flags.get('tenancy')),
      )
      session.note(`Key ${key.fingerprint} of '${name}'. In the OCI configuration of the client:`)
      session.note(`tenancy=${key.tenancy}`)
      session.note(`user=${key.user_id}`)
      session.note(`fingerprint=${key.fingerprint}`)
      session.print(keyIdOf(key))
    },
  },
  list: {
    summary: 'List the public keys of a user.',
    takes: ['USER'],
    async run({ db, platform, print }, [name = '']) {
      const keys = await listKeys(db.read, await getUser(db.lookup, platform, name))
      for (const line of tableLines(keyHead, keys.map(keyCells), `User '${name}' has no keys.`)) print(line)
    },
  },
  disable: {
    summary: 'Refuse signatures with a key until it is enabled again.',
    takes: ['USER', 'FINGERPRINT'],
    run: (session, [user = '', fingerprint = '']) => setDisabled(session, user, fingerprint, true),
  },
  enable: {
    summary: 'Accept signatures with a disabled key again.',
    takes: ['USER', 'FINGERPRINT'],
    run: (session, [user = '', fingerprint = '']) => setDisabled(session, user, fingerprint, false),
  },
  delete: {
    summary: 'Delete a key.',
    takes: ['USER', 'FINGERPRINT'],
    async run(session, [name = '', fingerprint = '']) {
      const { platform } = session
      await session.change(async (tx) => deleteKey(tx, await getUser(tx, platform, name), fingerprint))
      session.note(`Deleted key ${fingerprint} of '${name}'.`)
    },
  },
}

async function setDisabled(session: IdentitySession, name: string, fingerprint: string, disabled: boolean) {
  const { platform } = session
  await session.change(async (tx) => setKeyDisabled(tx, await getUser(tx, platform, name), fingerprint, disabled))
  session.note(`Key ${fingerprint} of '${name}' is ${disabled ? 'disabled' : 'enabled'}.`)
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new SettingError(`The key file cannot be read: ${(error as Error).message}`)
  }
}
