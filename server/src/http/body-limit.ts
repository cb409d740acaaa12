const mebibyte = 1_048_576

/** Operations of AIDP whose bodies may be larger than the others' (D22). */
const larger: Readonly<Record<string, number>> = {
  logExperimentRunModel: 5 * mebibyte,
  logExperimentRunInputs: 20 * mebibyte,
}

/**
 * Most bytes of a body.
 *
 * @param operation id of the AIDP operation; undefined in MLflow's dialect, which has no limits of its own
 * @param most what this server is set to accept at all
 */
export function bodyLimitOf(operation: string | undefined, most: number): number {
  return operation === undefined ? most : Math.min(most, larger[operation] ?? mebibyte)
}
