import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** The plainest schema that can answer the benchmark's questions: a row a point, a row for each latest value. */
const schema = `
  CREATE TABLE IF NOT EXISTS experiments (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, experiment INTEGER NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, status TEXT NOT NULL,
    start_time INTEGER NOT NULL, end_time INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS runs_by_start ON runs (experiment, start_time DESC, id);
  CREATE TABLE IF NOT EXISTS points (
    run TEXT NOT NULL, key TEXT NOT NULL, step INTEGER NOT NULL, timestamp INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (run, key, step, timestamp, value)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS latest (
    run TEXT NOT NULL, key TEXT NOT NULL, step INTEGER NOT NULL, timestamp INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (run, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS params (run TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tags (run TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;
`

/** The prepared statements of the bare server. */
export interface BareStore {
  readonly db: DatabaseSync
  readonly addExperiment: StatementSync
  readonly addRun: StatementSync
  readonly updateRun: StatementSync
  readonly addPoint: StatementSync
  readonly setLatest: StatementSync
  readonly addParam: StatementSync
  readonly setTag: StatementSync
  readonly run: StatementSync
  readonly runsPage: StatementSync
  readonly latestOf: StatementSync
  readonly paramsOf: StatementSync
  readonly tagsOf: StatementSync
  readonly history: StatementSync
}

/** Opens the database with the durability that Runstead promises: WAL, each commit on disk before it is acknowledged. */
export function openBareStore(file: string): BareStore {
  const db = new DatabaseSync(file)
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456',
  )
  db.exec(schema)
  return {
    db,
    addExperiment: db.prepare('INSERT INTO experiments (name) VALUES (?)'),
    addRun: db.prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, NULL)'),
    updateRun: db.prepare('UPDATE runs SET status = ?, end_time = ? WHERE id = ?'),
    addPoint: db.prepare('INSERT OR IGNORE INTO points VALUES (?, ?, ?, ?, ?)'),
    setLatest: db.prepare(`
      INSERT INTO latest VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, key) DO UPDATE
      SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
      WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest.step, latest.timestamp, latest.value)`),
    addParam: db.prepare('INSERT OR IGNORE INTO params VALUES (?, ?, ?)'),
    setTag: db.prepare('INSERT INTO tags VALUES (?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value'),
    run: db.prepare('SELECT * FROM runs WHERE id = ?'),
    runsPage: db.prepare(`
      SELECT * FROM runs WHERE experiment = ? AND start_time <= ? AND (start_time < ? OR id > ?)
      ORDER BY start_time DESC, id LIMIT ?`),
    latestOf: db.prepare('SELECT key, value, timestamp, step FROM latest WHERE run = ?'),
    paramsOf: db.prepare('SELECT key, value FROM params WHERE run = ?'),
    tagsOf: db.prepare('SELECT key, value FROM tags WHERE run = ?'),
    history: db.prepare(
      'SELECT key, value, timestamp, step FROM points WHERE run = ? AND key = ? ORDER BY step, timestamp, value',
    ),
  }
}

/** The rows of a statement as the plain objects they are. */
export function rows<Row>(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
  return statement.all(...values) as unknown as Row[]
}
