/**
 * Where the module of a database thread is: beside the one that starts it, in the source and in the bundle.
 *
 * @param name of the module, without its extension
 */
export function threadModule(name: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./${name}.${extension}`, import.meta.url)
}
