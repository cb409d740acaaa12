/**
 * Waits for statements of one transaction that do not need each other's answers, so that they travel together: SQLite's
 * writer thread gets them at once, PostgreSQL one after the other. All are over when this returns or throws, so none is
 * left behind in a transaction that is undone.
 *
 * @throws what the first of them, in their order, was rejected with
 */
export async function together<T extends readonly unknown[]>(
  ...statements: { [Index in keyof T]: Promise<T[Index]> }
): Promise<T> {
  const ends = await Promise.allSettled(statements)
  const values: unknown[] = []
  for (const end of ends) {
    if (end.status === 'rejected') throw end.reason
    values.push(end.value)
  }
  return values as unknown as T
}
