/** The tag that always says the same as the run's name. */
export const runNameTag = 'mlflow.runName'
