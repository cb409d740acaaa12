import type { StreamRequest } from '../../context/context.ts'
import { AppError } from '../../errors/app-error.ts'

/**
 * The path that a request of the artifact proxy is about.
 *
 * @throws AppError `route-not-found` for a line break in it, which no route of MLflow takes
 */
export function proxyPath({ params }: StreamRequest): string {
  const path = params['*'] ?? ''
  if (path.includes('\n')) throw new AppError('route-not-found', 'Not Found', { spelling: 'detail' })
  return path
}

/** What MLflow's artifact proxy answers as `{"detail": …}` with status 400. */
export function proxyRefusal(message: string): AppError {
  return new AppError('invalid-parameter', message, { spelling: 'detail' })
}

/** Runs the work of the artifact proxy, whose errors MLflow spells in its own way. */
export async function inProxySpelling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || error.details.spelling !== undefined) throw error
    throw new AppError(error.code, error.message, { ...error.details, spelling: 'compact' }, error.cause)
  }
}
