import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../db/open-database.ts'
import { runPlatformCommand } from './platform-command.ts'

test('platforms are created and listed from the command line', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'runstead-platform-'))
  try {
    const run = async (...args: string[]): Promise<string[]> => {
      const lines: string[] = []
      await runPlatformCommand([...args, '--database', `sqlite:${join(directory, 'x.db')}`], {}, (line) =>
        lines.push(line),
      )
      return lines
    }
    const [id] = await run('create', '--name', 'Lab')
    expect(id).toMatch(/^ocid1\.aidataplatform\.local\.\.[0-9a-f]{32}$/)
    expect(await run('create', '--name=Chosen', '--id=ocid1.aidataplatform.local..chosen')).toEqual([
      'ocid1.aidataplatform.local..chosen',
    ])
    expect(await run('list')).toEqual([
      'ocid1.aidataplatform.local..default\tdefault',
      `${id}\tLab`,
      'ocid1.aidataplatform.local..chosen\tChosen',
    ])
    await using db = await openDatabase({ url: join(directory, 'x.db') })
    const rows = await db.read.selectFrom('audit_events').selectAll().orderBy('tenant').execute()
    const made = { operation: 'runstead platform create', caller_name: 'command line', outcome: 'done' }
    expect(rows).toMatchObject([
      { ...made, tenant: 2, target: `platform:${id}` },
      { ...made, tenant: 3, target: 'platform:ocid1.aidataplatform.local..chosen' },
    ])
    await expect(run('create')).rejects.toThrow('--name is missing.')
    await expect(run('create', '--name', 'x', '--id', 'nonsense')).rejects.toThrow('must be an OCID')
    await expect(run('list', '--nane', 'x')).rejects.toThrow('Unknown flag --nane')
    await expect(run('remove')).rejects.toThrow('runstead platform create')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
