import { join } from 'node:path'
import { expect, test } from 'vitest'
import { differencesPage } from './differences-page.ts'

test('the guide lists every deliberate difference (vitest -u writes the page anew)', async () => {
  const page = join(import.meta.dirname, '../../../docs/guide/differences-from-mlflow.md')
  await expect(differencesPage()).toMatchFileSnapshot(page)
})
