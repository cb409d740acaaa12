import { type Comparison, type FilterTree, join } from '../../search/filter-tree.ts'
import { promptTag } from './registered-model-rules.ts'

/** A filter with what it says of prompts taken out. */
export interface PromptScope {
  readonly tree: FilterTree | null
  /** 0 models alone, 1 prompts alone; undefined where the rest of the filter says it. */
  readonly isPrompt: 0 | 1 | undefined
}

/**
 * MLflow's rule: prompts are found only by a filter whose first clause on the tag `mlflow.prompt.is_prompt` is `= 'true'` or
 * `!= 'false'` (in any case); every other filter finds models alone, and what it says of that tag is dropped.
 *
 * Beyond MLflow, a filter that has the tag within OR, NOT or brackets, or asks for NULL or a list, is taken by its word.
 */
export function promptScope(tree: FilterTree | null): PromptScope {
  const terms = tree === null ? [] : tree.type === 'and' ? tree.children : [tree]
  if (terms.some((term) => mentionsPrompts(term) && !isClauseOfMlflow(term))) return { tree, isPrompt: undefined }
  const clauses = terms.filter((term): term is Comparison => term.type === 'comparison' && mentionsPrompts(term))
  const [first] = clauses
  if (first === undefined || !asksForPrompts(first)) {
    return {
      tree: join(
        'and',
        terms.filter((term) => !mentionsPrompts(term)),
      ),
      isPrompt: 0,
    }
  }
  if (clauses.length > 1 || first.operator !== '=' || first.value !== 'true') return { tree, isPrompt: undefined }
  return {
    tree: join(
      'and',
      terms.filter((term) => term !== first),
    ),
    isPrompt: 1,
  }
}

function asksForPrompts({ operator, value }: Comparison): boolean {
  const text = String(value).toLowerCase()
  return (operator === '=' && text === 'true') || (operator === '!=' && text === 'false')
}

function mentionsPrompts(tree: FilterTree): boolean {
  switch (tree.type) {
    case 'comparison':
      return tree.side.entity === 'tag' && tree.side.key === promptTag
    case 'not':
      return mentionsPrompts(tree.child)
    default:
      return tree.children.some(mentionsPrompts)
  }
}

function isClauseOfMlflow(tree: FilterTree): boolean {
  return tree.type === 'comparison' && ['=', '!=', 'LIKE', 'ILIKE'].includes(tree.operator)
}
