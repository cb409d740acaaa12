/**
 * `npm run record -w @runstead/conformance [area …]`: replays the areas (all of them when none is named) against the
 * real MLflow server and writes its answers to `conformance/recordings/`.
 */
import { startMlflow } from '../targets/mlflow-server.ts'
import { interpreterOf, pythonEnvironment } from '../targets/python-environments.ts'
import { scratchDirectory } from '../targets/scratch-directory.ts'
import { areas } from './areas.ts'
import { writeRecording } from './recording.ts'
import { replay } from './replay.ts'

const python = interpreterOf(pythonEnvironment('mlflow3'))
if (python === undefined) throw new Error('The real server is missing: `npm run conformance:setup` installs it.')

const wanted = process.argv.slice(2)
await using directory = await scratchDirectory('recording')
await using server = await startMlflow(python, directory.path)
for (const area of areas) {
  if (wanted.length > 0 && !wanted.includes(area.name)) continue
  const answers = await replay(area, server.url)
  await writeRecording(area.name, answers)
  console.log(`${area.name}: ${answers.size} answers recorded`)
}
