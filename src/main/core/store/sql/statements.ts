/** Every statement of the store but the tables themselves. Named parameters carry the names of columns. */

/** The columns of a trace's row in the list. */
const ROW = `
  t.id, t.title, t.renamed, t.starred, t.source, t.api, t.model, t.started_at, t.state, t.rule, t.advice, t.http_status,
  t.metrics, t.usage, t.finish, t.cost, t.timed`;

export const READ = {
  /** Answers only when the file is a database with our tables. */
  probe:
    'SELECT (SELECT count(*) FROM settings) + (SELECT count(*) FROM (SELECT nr FROM traces ORDER BY nr DESC LIMIT 1)) AS answered',

  row: `SELECT ${ROW} FROM traces t WHERE t.id = ? AND t.deleted_at IS NULL`,
  list: `SELECT ${ROW} FROM traces t WHERE t.deleted_at IS NULL ORDER BY t.started_at DESC, t.id DESC LIMIT :limit`,
  listAfter: `SELECT ${ROW} FROM traces t WHERE t.deleted_at IS NULL AND (t.started_at, t.id) < (:started_at, :id)
    ORDER BY t.started_at DESC, t.id DESC LIMIT :limit`,
  total: 'SELECT count(*) AS total FROM traces WHERE deleted_at IS NULL',
  detail: `SELECT ${ROW}, t.nr, t.framing, t.endpoint_id, t.endpoint, t.options, t.message_id, t.step_id, d.request, d.request_head, d.response_head
    FROM traces t JOIN trace_documents d ON d.trace = t.nr WHERE t.id = ? AND t.deleted_at IS NULL`,
  head: `SELECT d.response_head, t.head_ns FROM traces t JOIN trace_documents d ON d.trace = t.nr
    WHERE t.id = ? AND t.deleted_at IS NULL`,
  find: 'SELECT nr, title FROM traces WHERE id = ? AND deleted_at IS NULL',

  /** Where the stored reads of a trace end. */
  end: `SELECT first_read + reads AS reads, start + length AS bytes FROM (
      SELECT * FROM (SELECT first_read, start, reads, length FROM segments WHERE trace = :trace ORDER BY first_read DESC, start DESC LIMIT 1)
      UNION ALL
      SELECT * FROM (SELECT first_read, start, reads, length FROM open_reads WHERE trace = :trace ORDER BY first_read DESC, start DESC LIMIT 1)
    ) ORDER BY reads DESC, bytes DESC LIMIT 1`,
  segmentsFromRead: `SELECT first_read, start, reads, length, crc, places, body FROM segments
    WHERE trace = :trace AND (first_read, start) > (:first_read, :start) ORDER BY first_read, start LIMIT :limit`,
  openFromRead: `SELECT first_read, start, reads, length, NULL AS crc, places, body FROM open_reads
    WHERE trace = :trace AND (first_read, start) > (:first_read, :start) ORDER BY first_read, start`,
  /** The first read of the part that holds a given one. */
  segmentWithRead: 'SELECT max(first_read) AS first_read FROM segments WHERE trace = :trace AND first_read <= :read',
  segmentsInRange: `SELECT first_read, start, reads, length, crc, places, body FROM segments
    WHERE trace = :trace AND start < :end AND length > 0
      AND start >= ifnull((SELECT max(start) FROM segments WHERE trace = :trace AND start <= :from), 0) ORDER BY start, first_read`,
  openInRange: `SELECT first_read, start, reads, length, NULL AS crc, places, body FROM open_reads
    WHERE trace = :trace AND start < :end AND start + length > :from ORDER BY first_read, start`,

  providerTraces: `SELECT p.lane, p.step_id, p.document FROM provider_traces p JOIN traces t ON t.nr = p.trace
    WHERE t.id = ? AND t.deleted_at IS NULL ORDER BY p.rowid`,
  unfinished: 'SELECT id FROM traces WHERE state IS NULL AND deleted_at IS NULL ORDER BY nr',
  settings: 'SELECT key, value FROM settings',
  endpoints: 'SELECT id, name, base_url, type, provider_name, limits FROM endpoints ORDER BY nr',
} as const;

export const WRITE = {
  create: `INSERT OR IGNORE INTO traces (id, started_at, title, renamed, starred, source, api, framing, timed, model, metrics, message_id, step_id, endpoint_id, endpoint, options)
    VALUES (:id, :started_at, :title, :renamed, :starred, :source, :api, :framing, :timed, :model, :metrics, :message_id, :step_id, :endpoint_id, :endpoint, :options)`,
  createDocuments: `INSERT OR IGNORE INTO trace_documents (trace, request, request_head)
    SELECT nr, :request, :request_head FROM traces WHERE id = :id`,
  findAny: 'SELECT nr FROM traces WHERE id = ?',

  append: `INSERT INTO open_reads (trace, first_read, start, reads, length, places, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  openParts:
    'SELECT first_read, start, reads, length, NULL AS crc, places, body FROM open_reads WHERE trace = ? ORDER BY first_read, start',
  dropOpen: 'DELETE FROM open_reads WHERE trace = ?',
  seal: `INSERT INTO segments (trace, first_read, start, reads, length, crc, places, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,

  head: 'UPDATE traces SET http_status = ?, head_ns = ? WHERE nr = ?',
  headDocument: 'UPDATE trace_documents SET response_head = ? WHERE trace = ?',
  finish: `UPDATE traces SET ended_ns = :ended_ns, state = :state, rule = :rule, advice = :advice, metrics = :metrics,
    model = CASE WHEN :says_model THEN :model ELSE model END, usage = :usage, finish = :finish, cost = :cost WHERE nr = :nr`,
  providerTrace: 'INSERT OR REPLACE INTO provider_traces (trace, lane, step_id, document) VALUES (?, ?, ?, ?)',

  rename: 'UPDATE traces SET title = ?, renamed = 1 WHERE id = ? AND deleted_at IS NULL',
  star: 'UPDATE traces SET starred = ? WHERE id = ? AND deleted_at IS NULL',
  hide: 'UPDATE traces SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL',
  restore: 'UPDATE traces SET deleted_at = NULL WHERE id = ? AND deleted_at >= ?',

  toPurge: 'SELECT nr FROM traces WHERE deleted_at < ? ORDER BY nr LIMIT 1',
  purgeSegments: 'DELETE FROM segments WHERE trace = ? LIMIT 256',
  purgeTrace: 'DELETE FROM traces WHERE nr = ?',

  saveSetting: 'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  saveEndpoint: `INSERT INTO endpoints (id, name, base_url, type, provider_name, limits) VALUES (:id, :name, :base_url, :type, :provider_name, :limits)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, base_url = excluded.base_url, type = excluded.type,
      provider_name = excluded.provider_name, limits = excluded.limits`,
  removeEndpoint: 'DELETE FROM endpoints WHERE id = ?',
} as const;
