import { invalidParameter } from '../../errors/errors.ts'
import { pythonStringRepr } from '../../lib/python-repr.ts'

const urlLimit = 2_048
const secretLimit = 1_024
const descriptionLimit = 1_000

/** @throws AppError `invalid-parameter`, in MLflow's words */
export function checkWebhookName(name: string): void {
  if (/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i.test(name)) return
  throw invalidParameter(
    `Webhook name ${pythonStringRepr(name)} is invalid. It must start and end with a letter or digit, be less than 63 ` +
      'characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).',
    { field: 'name' },
  )
}

/**
 * The target of a webhook, in canonical form: hosts in every spelling (decimal and hexadecimal addresses, trailing dots,
 * international names) become the one that is connected to.
 *
 * @throws AppError `invalid-parameter`
 */
export function readWebhookUrl(text: string, schemes: readonly string[]): URL {
  const refuse = (message: string) => invalidParameter(message, { field: 'url' })
  if (text.trim() === '') throw refuse(`Webhook URL cannot be empty or just whitespace: ${pythonStringRepr(text)}`)
  if (text.length > urlLimit) throw refuse(`Webhook URL may have at most ${urlLimit} characters.`)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? ''
  if (!schemes.includes(scheme)) {
    throw refuse(`Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${schemes.join(', ')}.`)
  }
  const url = URL.parse(text)
  if (url === null || !/^[a-z]+:\/\/[^/\\?#]/i.test(text)) {
    throw refuse(`Webhook URL must include a hostname: ${pythonStringRepr(text)}`)
  }
  if (/[\s\p{Cc}]/u.test(text)) throw refuse('Webhook URL must not contain blanks or control characters.')
  if (url.username !== '' || url.password !== '') throw refuse('Webhook URL must not contain a user or password.')
  return url
}

/** @throws AppError `invalid-parameter` */
export function checkWebhookTexts(secret: string | undefined, description: string | undefined): void {
  if (secret !== undefined && (secret.length > secretLimit || /\p{Cc}/u.test(secret))) {
    throw invalidParameter(
      `The secret must not contain control characters, and have at most ${secretLimit} characters.`,
      {
        field: 'secret',
      },
    )
  }
  if (description !== undefined && description.length > descriptionLimit) {
    throw invalidParameter(`The description may have at most ${descriptionLimit} characters.`, { field: 'description' })
  }
}

/** The size of a page of webhooks; absent and 0 are 100. @throws AppError `invalid-parameter` */
export function webhookPageSize(asked: number | undefined): number {
  const size = asked || 100
  if (size >= 1 && size <= 1000) return size
  throw invalidParameter('max_results must be between 1 and 1000.', { field: 'max_results' })
}
