import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Streams a request body to a file as it is: no temporary name, no fsync, no check of the path. */
export async function storeFile(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await pipeline(request, createWriteStream(file))
  response.writeHead(200, { 'content-length': 0 }).end()
}

/** Streams a file as a response. */
export async function sendFile(root: string, path: string, response: ServerResponse): Promise<void> {
  const file = join(root, path)
  const { size } = await stat(file)
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size })
  await pipeline(createReadStream(file), response)
}

/** Lists a directory of a run in the shape of MLflow's artifacts/list. */
export async function listFiles(root: string, runDirectory: string, path: string): Promise<string> {
  const directory = join(root, runDirectory, path)
  const names = (await readdir(directory)).sort()
  const files = await Promise.all(
    names.map(async (name) => ({
      path: `${path}/${name}`,
      is_dir: false,
      file_size: (await stat(join(directory, name))).size,
    })),
  )
  return JSON.stringify({ root_uri: `mlflow-artifacts:/${runDirectory}`, files })
}
