import { serverHelp, usage } from './cli/help.ts'
import { keepYoungGenerationSmall } from './cli/young-generation.ts'
import { closestOf } from './lib/closest.ts'

const [command = 'help', ...args] = process.argv.slice(2)

// Databases, keys and artifacts are for the user of the server alone.
process.umask(0o077)

try {
  await run(command)
} catch (error) {
  process.stderr.write(`runstead: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function run(name: string): Promise<void> {
  switch (name) {
    case 'server': {
      if (args.includes('--help') || args.includes('-h')) {
        process.stdout.write(serverHelp())
        return
      }
      using _small = keepYoungGenerationSmall()
      const { runServer } = await import('./cli/run-server.ts')
      await runServer(args)
      return
    }
    case 'user':
    case 'group':
    case 'token':
    case 'key': {
      const { runIdentityCommand } = await import('./cli/identity-command.ts')
      return runIdentityCommand(name, args, process.env, {
        print: (line) => void process.stdout.write(`${line}\n`),
        note: (line) => void process.stderr.write(`${line}\n`),
      })
    }
    case 'platform': {
      const { runPlatformCommand } = await import('./cli/platform-command.ts')
      return runPlatformCommand(args, process.env, (line) => void process.stdout.write(`${line}\n`))
    }
    case 'version':
    case '--version': {
      const { default: manifest } = await import('../package.json', { with: { type: 'json' } })
      process.stdout.write(`${manifest.version}\n`)
      return
    }
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage)
      return
    default: {
      const closest = closestOf(name, ['server', 'platform', 'user', 'group', 'token', 'key', 'help', 'version'])
      throw new Error(`unknown command '${name}'.${closest ? ` Did you mean ${closest}?` : ''} See runstead help.`)
    }
  }
}
