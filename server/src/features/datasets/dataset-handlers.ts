import type { Handler } from '../../context/context.ts'
import { searchDatasets } from './search-datasets.ts'

export const datasetHandlers: readonly Handler[] = [searchDatasets]
