/**
 * Makes traces of the rows that were gathered. What is missing of a body is said by its parts, so that reading it ends there and
 * does not close up over the gap; what can be worked out again from the bytes is; bytes whose trace is lost get one of their own.
 */
import { traceId, type TraceId } from '../../../shared/model/ids.ts';
import { OTHER_API, type Api } from '../../../shared/model/stream.ts';
import type { RequestHead } from '../../../shared/model/trace.ts';
import { apiOfUrl, detectApi } from '../../../shared/providers/detect.ts';
import { PROVIDERS, usualEndpoint } from '../../../shared/providers/registry.ts';
import { newTrace } from '../recording/new-trace.ts';
import type { Connection } from '../store/connection.ts';
import { SIZE, storedColumns } from '../store/lookup.ts';
import { decodePart, type Part } from '../store/parts.ts';
import { queriesOn } from '../store/read-only.ts';
import { createdColumns, finishedColumns, soundTrace, type StoredColumns } from '../store/rows.ts';
import { Sound } from '../store/sound.ts';
import type { StoredTrace, TraceResult } from '../store/store.ts';
import { numbersOf } from './numbers.ts';

export interface MendedTrace {
  readonly id: TraceId;
  readonly title: string;
  /** What of it is lost, as noun phrases; none where it is whole. */
  readonly lost: readonly string[];
}

export interface Mended {
  readonly traces: readonly MendedTrace[];
  /** Ids of traces and endpoints of which nothing else is left. */
  readonly gone: readonly string[];
}

const KNOWN = 'SELECT id FROM traces UNION ALL SELECT id FROM endpoints';
const ALL = 'SELECT nr, id FROM traces ORDER BY nr';
const BELONGINGS = ['trace_documents', 'segments', 'open_reads', 'provider_traces'] as const;
const ORPHANS = `SELECT trace AS nr FROM (${BELONGINGS.slice(0, 3)
  .map((table) => `SELECT trace FROM ${table}`)
  .join(' UNION ')}) WHERE trace NOT IN (SELECT nr FROM traces) ORDER BY trace`;
const PARTS = `SELECT 'segments' AS place, first_read, start, reads, length, crc, places, body FROM segments WHERE trace = :nr
  UNION ALL SELECT 'open_reads', first_read, start, reads, length, NULL, places, body FROM open_reads WHERE trace = :nr
  ORDER BY first_read, start`;
/** What no checksum is: the part says that an earlier repair did not find these bytes. */
const LOST_CRC = -1;
const PLACEHOLDER = `INSERT INTO segments (trace, first_read, start, reads, length, crc, places, body) VALUES (:nr, :first_read, :start, :reads, :length, ${LOST_CRC}, x'', x'')`;
const ADOPT = `INSERT INTO traces (nr, id, started_at, title, renamed, starred, source, api, framing, timed, model, metrics, message_id, step_id, endpoint_id, endpoint, options, lanes)
  VALUES (:nr, :id, :started_at, :title, :renamed, :starred, :source, :api, :framing, :timed, :model, :metrics, :message_id, :step_id, :endpoint_id, :endpoint, :options, :lanes)`;
const BEGUN = `UPDATE traces SET started_at = :started_at, title = :title, source = :source, api = :api, framing = :framing, model = :model,
  metrics = :metrics, message_id = :message_id, step_id = :step_id, endpoint_id = :endpoint_id, endpoint = :endpoint, options = :options,
  lanes = :lanes WHERE nr = :nr`;
const DOCUMENTS = `UPDATE trace_documents SET request = :request, request_head = :request_head, response_head = :response_head, capture = :capture,
  imported = :imported WHERE trace = :nr`;
const ENDED = `UPDATE traces SET ended_ns = :ended_ns, state = :state, rule = :rule, advice = :advice, metrics = :metrics,
  model = CASE WHEN :says_model THEN :model ELSE model END, usage = :usage, finish = :finish, cost = :cost WHERE nr = :nr`;

type Place = Part & { readonly place: 'segments' | 'open_reads' };

/** `ids`: of traces and endpoints, by their row numbers, as far as they are known beside their rows. */
export function mend(db: Connection, dataDir: string, ids: ReadonlyMap<number, ReadonlySet<string>>): Mended {
  // What was deleted is not brought back.
  for (const table of BELONGINGS)
    db.run(`DELETE FROM ${table} WHERE trace IN (SELECT nr FROM traces WHERE deleted_at IS NOT NULL)`);
  const known = new Set(db.all<{ readonly id: string }>(KNOWN).map(({ id }) => id));
  db.run('DELETE FROM traces WHERE deleted_at IS NOT NULL');
  const adopted = new Set(db.all<{ readonly nr: number }>(ORPHANS).map(({ nr }) => nr));
  for (const nr of adopted)
    adopt(
      db,
      nr,
      [...(ids.get(nr) ?? [])].find((id) => !known.has(id)),
    );
  for (const table of ['provider_traces', 'trace_facts', 'trace_values'])
    db.run(`DELETE FROM ${table} WHERE trace NOT IN (SELECT nr FROM traces)`);
  const rows = db.all<{ readonly nr: number; readonly id: string }>(ALL);
  const traces = rows.map(({ nr, id }) => new Mending(db, dataDir, nr, traceId(id), adopted.has(nr)).mended());
  db.run(`UPDATE traces SET size = ${SIZE} WHERE state IS NOT NULL`);
  db.run('UPDATE traces SET tags = NULL WHERE tags IS NOT NULL AND NOT json_valid(tags)');
  for (const { id } of rows) known.add(id);
  const gone = new Set([...ids.values()].flatMap((same) => [...same]).filter((id) => !known.has(id)));
  return { traces, gone: [...gone] };
}

/** A row for a trace whose own is lost: its address says its API, or its bytes do. */
function adopt(db: Connection, nr: number, id: string | undefined): void {
  const documents = db.one<{ readonly request_head: string | null }>(
    'SELECT request_head FROM trace_documents WHERE trace = ?',
    nr,
  );
  const api = apiOf(db, nr, documents && new Sound().requestHead(documents.request_head));
  const provider = PROVIDERS.get(api);
  const trace = newTrace({
    ...(id !== undefined && { id: traceId(id) }),
    title: `Recovered trace ${nr}`,
    source: 'run',
    api,
    model: null,
    timed: true,
    startedAt: 0,
    framing: provider?.framing ?? 'bytes',
    endpoint: provider ? usualEndpoint(api) : { type: '', provider_name: '', model: '' },
    options: new Sound().options(''),
    lanes: [],
    request: undefined,
  });
  const { request: _r, request_head: _h, capture: _c, imported: _i, ...columns } = createdColumns(trace);
  db.run(ADOPT, { ...columns, nr });
}

function apiOf(db: Connection, nr: number, head: RequestHead | undefined): Api {
  const byAddress = head && apiOfUrl(head.url);
  if (byAddress) return byAddress;
  const first = db
    .all<Place>(PARTS, { nr })
    .map(decodePart)
    .find((run) => run !== undefined);
  return (first && detectApi(first.bytes)?.api) ?? OTHER_API;
}

/** One trace as it is mended. */
class Mending {
  readonly #db: Connection;
  readonly #dataDir: string;
  readonly #nr: number;
  readonly #id: TraceId;
  readonly #adopted: boolean;
  readonly #lost: string[] = [];

  constructor(db: Connection, dataDir: string, nr: number, id: TraceId, adopted: boolean) {
    this.#db = db;
    this.#dataDir = dataDir;
    this.#nr = nr;
    this.#id = id;
    this.#adopted = adopted;
  }

  mended(): MendedTrace {
    if (this.#adopted) this.#lost.push('its name, numbers and ending');
    if (this.#db.run('INSERT OR IGNORE INTO trace_documents (trace) VALUES (?)', this.#nr) > 0)
      this.#lost.push('its request and headers');
    const whole = this.#body();
    const { trace, damaged } = soundTrace(this.#columns());
    for (const name of damaged) this.#lost.push(`its ${name}`);
    if (this.#adopted || damaged.length > 0) this.#write(trace, damaged, whole);
    return { id: this.#id, title: this.#columns().title, lost: this.#lost };
  }

  #columns(): StoredColumns {
    return storedColumns(this.#db, this.#id);
  }

  /** Fills the gaps between the parts with what says that it is damaged. Whether nothing is missing. */
  #body(): boolean {
    const before = this.#lost.length;
    let lostBefore = false;
    let [read, byte] = [0, 0];
    let longRead = -1;
    for (const part of this.#db.all<Place>(PARTS, { nr: this.#nr })) {
      const goesOn = part.first_read === longRead && part.start === byte;
      // One that lies over another is from an older state of the file.
      if (!goesOn && (part.first_read < read || part.start < byte)) {
        this.#drop(part);
        continue;
      }
      if (!goesOn && (part.first_read > read || part.start > byte)) this.#gap(read, byte, part.first_read, part.start);
      if (part.crc === LOST_CRC) lostBefore = true;
      else if (!decodePart(part)) {
        this.#drop(part);
        this.#gap(part.first_read, part.start, part.first_read + part.reads, part.start + part.length);
      }
      longRead = part.reads === 1 ? part.first_read : -1;
      [read, byte] = [part.first_read + part.reads, part.start + part.length];
    }
    this.#tail(read, byte);
    return !lostBefore && this.#lost.length === before;
  }

  #drop({ place, first_read, start }: Place): void {
    this.#db.run(`DELETE FROM ${place} WHERE trace = ? AND first_read = ? AND start = ?`, this.#nr, first_read, start);
  }

  #gap(read: number, byte: number, toRead: number, toByte: number): void {
    this.#lost.push(toByte > byte ? `bytes ${byte} to ${toByte - 1}` : `reads ${read} to ${toRead - 1}`);
    this.#db.run(PLACEHOLDER, {
      nr: this.#nr,
      first_read: read,
      start: byte,
      reads: toRead - read,
      length: toByte - byte,
    });
  }

  /** What its numbers say that there was, behind all that is there. */
  #tail(read: number, byte: number): void {
    const { trace, damaged } = soundTrace(this.#columns());
    if (!damaged.includes(END_OF_BODY)) return;
    const { reads, bytes } = trace.metrics;
    this.#gap(read, byte, Math.max(reads, read + 1), Math.max(bytes, byte));
  }

  /** Writes what is sound of the trace, and works out the rest again. */
  #write(found: StoredTrace, damaged: readonly string[], whole: boolean): void {
    const provider = PROVIDERS.get(found.api);
    const trace: StoredTrace = {
      ...found,
      title: found.title === '' ? `Recovered trace ${this.#nr}` : found.title,
      ...(provider === undefined && found.api !== OTHER_API && { api: apiOf(this.#db, this.#nr, found.requestHead) }),
      ...(damaged.includes('framing') && provider && { framing: provider.framing }),
      ...(damaged.includes('endpoint') && provider && { endpoint: usualEndpoint(found.api) }),
    };
    const { response_head, ...columns } = {
      ...createdColumns(trace),
      response_head: trace.responseHead ? JSON.stringify(trace.responseHead) : null,
    };
    const { request, request_head, capture, imported, ...begun } = columns;
    this.#db.run(BEGUN, { ...begun, nr: this.#nr });
    this.#db.run(DOCUMENTS, { nr: this.#nr, request, request_head, response_head, capture, imported });
    if (trace.ending || this.#adopted)
      this.#db.run(ENDED, { ...finishedColumns(this.#result(trace, damaged, whole)), nr: this.#nr });
  }

  #result(trace: StoredTrace, damaged: readonly string[], whole: boolean): TraceResult {
    const counted = NUMBERS.some((name) => damaged.includes(name)) || this.#adopted;
    const numbers = counted ? numbersOf(queriesOn(this.#db, this.#dataDir), trace, whole) : trace;
    const { metrics, model, usage, finish, cost } = { ...trace, ...numbers };
    return {
      endedAtNs: metrics.totalNs ?? 0,
      ending: this.#adopted || damaged.includes('ending') ? LOST_ENDING : trace.ending!,
      metrics,
      model,
      ...(usage && { usage }),
      ...(finish && { finish }),
      ...(cost !== undefined && { cost }),
    };
  }
}

/** As soundTrace names them. */
const NUMBERS = ['numbers', 'token counts', 'finish reason'];
const END_OF_BODY = 'the end of the body';
const LOST_ENDING = {
  state: 'truncated',
  rule: 'How this trace ended is not known: it was brought out of a damaged file.',
} as const;
