import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['server/src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/src/**/*.test.ts'],
    globalSetup: ['server/src/testing/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    alias: [
      {
        find: './thread-module.ts',
        replacement: fileURLToPath(new URL('server/src/testing/thread-module.ts', import.meta.url)),
      },
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
