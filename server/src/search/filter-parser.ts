import { AppError } from '../errors/app-error.ts'
import { invalidParameter } from '../errors/errors.ts'
import { readExpression } from './filter-expression.ts'
import { joinClauses, readStatement } from './filter-statement.ts'
import { type FilterTree, join } from './filter-tree.ts'
import type { Vocabulary } from './vocabulary/vocabulary.ts'

/**
 * Reads a filter. What MLflow 3.17.0 accepts means the same here, because it is read first by MLflow's rules; only a text
 * that those refuse is read as an expression with OR, NOT, brackets and `min(metrics.…)`. A text that is neither gets
 * MLflow's message, or ours if it uses any of those.
 *
 * @returns null for a filter that asks nothing: absent, empty, or only ANDs
 * @throws invalid-parameter
 */
export function parseFilter(text: string | undefined, vocabulary: Vocabulary): FilterTree | null {
  if (!text) return null
  const language = vocabulary.filter
  const reading = readStatement(text)
  if (reading.kind !== 'statement') throw invalidParameter(language[reading.kind](text))
  try {
    return join('and', language.readClauses(joinClauses(reading.nodes), text))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const expression = readExpression(reading.tokens, text, language)
    if (expression.tree) return expression.tree
    throw (expression.extended && expression.error) || error
  }
}
