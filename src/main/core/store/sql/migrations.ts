/**
 * The tables, as the steps that made them. A step is never edited once it was shipped: a file says with `user_version` how
 * many of them it has been through.
 */

const TRACES = `
  CREATE TABLE traces (
    nr INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    started_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    renamed INTEGER NOT NULL,
    starred INTEGER NOT NULL,
    source TEXT NOT NULL,
    api TEXT NOT NULL,
    framing TEXT NOT NULL,
    timed INTEGER NOT NULL,
    model TEXT,
    http_status INTEGER,
    head_ns REAL,
    ended_ns REAL,
    state TEXT,
    rule TEXT,
    advice TEXT,
    cost REAL,
    metrics TEXT NOT NULL,
    usage TEXT,
    finish TEXT,
    message_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    endpoint_id TEXT,
    endpoint TEXT NOT NULL,
    options TEXT NOT NULL,
    deleted_at INTEGER
  ) STRICT;
  CREATE INDEX traces_newest ON traces (started_at DESC, id DESC) WHERE deleted_at IS NULL;
  CREATE INDEX traces_unfinished ON traces (nr) WHERE state IS NULL;
  CREATE INDEX traces_deleted ON traces (nr) WHERE deleted_at IS NOT NULL;

  -- Apart from the row of the list, which is rewritten as the trace goes on: a request may be megabytes.
  CREATE TABLE trace_documents (
    trace INTEGER PRIMARY KEY REFERENCES traces (nr) ON DELETE CASCADE,
    request TEXT,
    request_head TEXT,
    response_head TEXT
  ) STRICT;

  -- Reads as they came in, one row for each batch, until they are sealed. Clustered, so that a batch costs one b-tree.
  CREATE TABLE open_reads (
    trace INTEGER NOT NULL REFERENCES traces (nr) ON DELETE CASCADE,
    first_read INTEGER NOT NULL,
    start INTEGER NOT NULL,
    reads INTEGER NOT NULL,
    length INTEGER NOT NULL,
    places BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trace, first_read, start)
  ) STRICT, WITHOUT ROWID;

  -- Sealed reads: places and body are one zstd frame each, crc is over both as they are stored.
  CREATE TABLE segments (
    nr INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL REFERENCES traces (nr) ON DELETE CASCADE,
    first_read INTEGER NOT NULL,
    start INTEGER NOT NULL,
    reads INTEGER NOT NULL,
    length INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    places BLOB NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX segments_by_read ON segments (trace, first_read, start);
  CREATE INDEX segments_by_start ON segments (trace, start);

  CREATE TABLE provider_traces (
    trace INTEGER NOT NULL REFERENCES traces (nr) ON DELETE CASCADE,
    lane TEXT NOT NULL,
    step_id TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (trace, lane, step_id)
  ) STRICT;

  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE endpoints (
    nr INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    base_url TEXT NOT NULL,
    type TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    limits TEXT NOT NULL
  ) STRICT;
`;

/** Until then every trace was read by these. */
const LANES = `ALTER TABLE traces ADD COLUMN lanes TEXT NOT NULL DEFAULT '["wire","legacy","simple"]'`;

/** Exchanges of other programs, and endpoints that lend them their keys. */
const CAPTURE = `
  ALTER TABLE trace_documents ADD COLUMN capture TEXT;
  ALTER TABLE endpoints ADD COLUMN lends_key INTEGER NOT NULL DEFAULT 0;
`;

/** Where an imported trace came from; the digest of its body finds it again. */
const IMPORTED = `
  ALTER TABLE trace_documents ADD COLUMN imported TEXT;
  CREATE INDEX trace_documents_by_import ON trace_documents (imported ->> 'sha256') WHERE imported IS NOT NULL;
`;

/**
 * What people call traces, and what is worked out of each: as a document for its row, and value by value for filters. Tags
 * are among the values too, but the column says which they are.
 */
const FACTS = `
  ALTER TABLE traces ADD COLUMN tags TEXT;
  CREATE TABLE trace_facts (
    trace INTEGER PRIMARY KEY REFERENCES traces (nr) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    facts TEXT NOT NULL
  ) STRICT;
  CREATE TABLE trace_values (
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    trace INTEGER NOT NULL REFERENCES traces (nr) ON DELETE CASCADE,
    PRIMARY KEY (field, value, trace)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX trace_values_by_trace ON trace_values (trace);
`;

/** How much of the file a trace takes, in bytes: known once it has ended. The index has all that is asked to keep the file small. */
const SIZES = `
  ALTER TABLE traces ADD COLUMN size INTEGER;
  UPDATE traces SET size =
    (SELECT ifnull(sum(length(places) + length(body)), 0) FROM segments WHERE trace = traces.nr)
    + (SELECT ifnull(sum(length(places) + length(body)), 0) FROM open_reads WHERE trace = traces.nr)
    + ifnull((SELECT ifnull(octet_length(request), 0) + ifnull(octet_length(request_head), 0) + ifnull(octet_length(response_head), 0)
        FROM trace_documents WHERE trace = traces.nr), 0)
    WHERE state IS NOT NULL;
  CREATE INDEX traces_sizes ON traces (nr, started_at, size, state, starred, tags) WHERE deleted_at IS NULL;
`;

/** What SQLite finds in an index instead of working it out, where a query has it word for word. */
const inside = (document: string, path: string): string =>
  `CASE WHEN json_valid(${document}) THEN ${document} ->> '${path}' END`;
const GAPS = Array.from({ length: 32 }, (_, at) => `ifnull(metrics ->> '$.gaps[${at}]', -1)`).join(', ');

/**
 * Indexes that have all that is asked of a trace to list, count and filter: its row is some ten times as long, most of it JSON. The
 * first is read where nothing is asked of documents. No order is by the time at which traces began.
 */
const FILTERED = `
  DROP INDEX traces_newest;
  DROP INDEX traces_sizes;
  CREATE INDEX traces_sizes ON traces (nr, deleted_at, started_at, size, state, starred, tags) WHERE deleted_at IS NULL;
  CREATE INDEX traces_filtered ON traces (
    nr, deleted_at, started_at, size, state, starred, timed, http_status, cost, source, api, model, title, endpoint_id,
    CASE WHEN usage IS NULL THEN 0 ELSE 1 END,
    ${inside('endpoint', '$.provider_name')},
    ${inside('finish', '$.unified')},
    ${['input', 'output', 'total'].map((name) => inside('usage', `$.${name}`)).join(', ')},
    ${[
      'firstByteNs',
      'firstReasoningNs',
      'firstTextNs',
      'firstToolNs',
      'totalNs',
      'startUnknown',
      'tokensPerSecond',
      'events',
      'bytes',
    ]
      .map((name) => inside('metrics', `$.${name}`))
      .join(', ')},
    CASE WHEN json_valid(metrics) THEN nullif(max(${GAPS}), -1) END
  ) WHERE deleted_at IS NULL;
`;

export const MIGRATIONS: readonly string[] = [TRACES, LANES, CAPTURE, IMPORTED, FACTS, SIZES, FILTERED];

/** What `user_version` says of a file with all of them. */
export const SCHEMA_VERSION = MIGRATIONS.length;
