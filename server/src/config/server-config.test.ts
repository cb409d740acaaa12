import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readServerConfig } from './server-config.ts'

test('defaults are embedded and local', () => {
  expect(readServerConfig([], {})).toMatchObject({
    host: '127.0.0.1',
    port: 5000,
    dataDir: resolve('runstead-data'),
    database: { engine: 'sqlite', file: resolve('runstead-data/runstead.db') },
    artifacts: { kind: 'file', directory: resolve('runstead-data/artifacts') },
    artifactStores: new Map(),
  })
})

test('a flag wins over its variable, both over the default', () => {
  expect(readServerConfig(['--port=7'], { RUNSTEAD_PORT: '8', RUNSTEAD_HOST: '::1' })).toMatchObject({
    port: 7,
    host: '::1',
  })
})

test('the database may be PostgreSQL or another SQLite file', () => {
  const url = 'postgres://u:p@127.0.0.1:5432/db'
  expect(readServerConfig(['--database', url], {}).database).toEqual({ engine: 'postgres', url })
  expect(readServerConfig(['--database', 'sqlite:x.db'], {}).database).toEqual({
    engine: 'sqlite',
    file: resolve('x.db'),
  })
  expect(readServerConfig(['--database', 'sqlite:///tmp/x.db'], {}).database).toEqual({
    engine: 'sqlite',
    file: '/tmp/x.db',
  })
})

test.each([
  [['--prot', '1'], {}, 'Unknown flag --prot. Did you mean --port?'],
  [['--zzzzzzzz', '1'], {}, 'Unknown flag --zzzzzzzz. See runstead server --help.'],
  [['--port'], {}, '--port needs a value.'],
  [['--port', '1', '--port', '2'], {}, '--port is given twice.'],
  [['--port', 'x'], {}, "--port must be a whole number from 0 to 65535; it is 'x'"],
  [[], { RUNSTEAD_PORT: '99999' }, "RUNSTEAD_PORT must be a whole number from 0 to 65535; it is '99999'"],
  [[], { RUNSTEAD_POTR: '1' }, 'Unknown environment variable RUNSTEAD_POTR. Did you mean RUNSTEAD_PORT?'],
  [
    ['--database', 'mysql://x'],
    {},
    "--database must start with postgres://, postgresql:// or sqlite:; it is 'mysql://x'",
  ],
  [['--artifacts', 'gs://b'], {}, "--artifacts must be a directory, a file:// URL or an s3:// URL; it is 'gs://b'"],
  [['serve'], {}, "Unexpected argument 'serve'"],
])('refuses %j with %j', (args, environment, message) => {
  expect(() => readServerConfig(args, environment)).toThrow(message)
})

test('the pattern of sources is read from the flag, else from the variable of MLflow, and refused when it is none', () => {
  const variable = 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX'
  const flag = ['--model-source-pattern', 's3://a/.*']
  const matches = (args: string[], environment: Record<string, string>) =>
    ['s3://a/x', 's3://b/x'].map((source) => readServerConfig(args, environment).modelSourcePattern?.matches(source))
  expect(matches(flag, { [variable]: 's3://b/.*' })).toEqual([true, false])
  expect(matches([], { [variable]: 's3://b/.*' })).toEqual([false, true])
  expect(readServerConfig([], { [variable]: '' }).modelSourcePattern).toBeUndefined()
  expect(() => readServerConfig(['--model-source-pattern', '(a'], {})).toThrow(
    /^--model-source-pattern must be a regular/,
  )
  expect(() => readServerConfig([], { [variable]: '(?=a)' })).toThrow(new RegExp(`^${variable} must be a regular`))
})
