/** A store as somebody has it who has used the program for long: traces of words that follow from their number. */
import type Database from 'better-sqlite3';
import { WIRE } from '../../src/shared/model/messages.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { Recording } from '../../src/main/core/decoding/recording.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { newTrace } from '../../src/main/core/recording/new-trace.ts';
import { Connection } from '../../src/main/core/store/connection.ts';
import type { WriteOp } from '../../src/main/core/store/ops/registry.ts';
import { packReads } from '../../src/main/core/store/parts.ts';
import { createdColumns, finishedColumns } from '../../src/main/core/store/rows.ts';
import { StoreWriter } from '../../src/main/core/store/writer.ts';
import { readsPerFrame, type Frames } from './streams.ts';

const MODELS = ['gpt-5.1-mini', 'gpt-5.1', 'local-7b', 'o4', 'vendor/large-2'];
const PROVIDERS = ['openai', 'proxy.example', 'local'];
const SYLLABLES =
  'an be co de el fi go har in jo ka lo me no or pa qui ro sta te un ver wa xi yo zu th er ing ment'.split(' ');

/** Words by their rank: the commonest are short and come often, as in a language. */
const WORDS: readonly string[] = Array.from({ length: 20_000 }, (_, rank) => {
  const random = new Random(rank + 1);
  return Array.from(
    { length: 1 + Math.floor(Math.log10(rank + 1)) },
    () => SYLLABLES[random.below(SYLLABLES.length)],
  ).join('');
});

/** About as many words as are said. */
export function prose(random: Random, words: number): readonly string[] {
  return Array.from({ length: words }, () => {
    const share = (random.below(1_000_000) + 1) / 1_000_000;
    return `${WORDS[Math.min(WORDS.length - 1, Math.floor(WORDS.length ** share) - 1)]!} `;
  });
}

function answer(model: string, deltas: readonly string[]): Frames {
  const frame = (delta: unknown, finish: string | null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return [...deltas.map((content) => frame({ content }, null)), frame({}, 'stop'), 'data: [DONE]\n\n'];
}

/** One trace of a chat; the next one is newer. */
function seedOne(n: number, events: number): { readonly id: TraceId; readonly ops: readonly WriteOp[] } {
  const random = new Random(n + 1);
  const model = MODELS[n % MODELS.length]!;
  const question = prose(random, 12).join('').trim();
  const trace = newTrace({
    title: question.slice(0, 60),
    source: 'run',
    api: 'chat_completions',
    model,
    timed: true,
    endpoint: { type: 'openai', provider_name: PROVIDERS[n % PROVIDERS.length]!, model },
    options: DEFAULT_OPTIONS,
    lanes: ['wire', 'legacy', 'simple'],
    request: { model, messages: [{ role: 'user', content: question }], stream: true },
    startedAt: 1_760_000_000_000 + n * 60_000,
  });
  const reads = readsPerFrame(answer(model, prose(random, events)));
  const recording = new Recording({ trace, lanes: [WIRE] });
  recording.begin();
  for (const read of reads) recording.read(read);
  recording.end({ how: 'end' }, reads.at(-1)!.tNs);
  const ops: readonly WriteOp[] = [
    { name: 'createTrace', params: [createdColumns(trace)] },
    { name: 'appendReads', params: [trace.id, packReads(reads)] },
    { name: 'finishTrace', params: [trace.id, finishedColumns(recording.result!)] },
  ];
  return { id: trace.id, ops };
}

/** Traces that are committed together. */
const TOGETHER = 100;

/** `events` of each; the last one may have its own number. */
export function seed(db: Database.Database, traces: number, events: number, last = events): readonly TraceId[] {
  const writer = new StoreWriter(new Connection(db), undefined);
  const ids: TraceId[] = [];
  for (let from = 0; from < traces; from += TOGETHER) {
    const some = Array.from({ length: Math.min(TOGETHER, traces - from) }, (_, at) =>
      seedOne(from + at, from + at === traces - 1 ? last : events),
    );
    writer.write(some.flatMap(({ ops }) => ops));
    ids.push(...some.map(({ id }) => id));
  }
  return ids;
}

/** How many traces are made; the others are copies of their rows. */
const MADE = 100;

/** A table's rows once more for each row of `copies`; `changed`: expressions for the columns in which the n-th copy differs. */
function copyRows(db: Database.Database, table: string, changed: Readonly<Record<string, string>>): void {
  const columns = db.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[];
  db.exec(
    `INSERT INTO ${table} (${columns.join(', ')})
      SELECT ${columns.map((name) => changed[name] ?? name).join(', ')} FROM copies, ${table}`,
  );
}

/** So many traces, a multiple of MADE, with all that the store keeps of them, in a fraction of the time that making each would take. Gives the oldest. */
export function grow(db: Database.Database, traces: number): TraceId {
  const [first] = seed(db, MADE, 2);
  const last = db.prepare('SELECT max(nr) FROM traces').pluck().get() as number;
  db.exec(
    `CREATE TEMP TABLE copies AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${traces / MADE - 1}) SELECT n FROM n`,
  );
  const trace = `trace + n * ${last}`;
  db.transaction(() => {
    copyRows(db, 'traces', {
      nr: `nr + n * ${last}`,
      id: `substr(id, 1, 24) || printf('%012x', nr + n * ${last})`,
      started_at: `started_at + n * ${MADE} * 60000`,
    });
    for (const table of ['trace_documents', 'trace_facts', 'trace_values', 'provider_traces'])
      copyRows(db, table, { trace });
    copyRows(db, 'segments', { nr: 'NULL', trace });
  })();
  return first!;
}
