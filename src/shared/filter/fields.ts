/** The fields by which traces can be filtered. The store has the SQL of each, see its `filter-sql.ts`. */
import { TERMINAL_STATES, TRACE_SOURCES } from '../model/trace.ts';
import { SEARCH_PARTS } from '../model/search.ts';
import { FINISH_REASONS } from '../model/usage.ts';
import { readAmount, readBytes, readDuration, readStatus, type Reader } from './numbers.ts';

interface Described {
  /** One sentence: which traces it finds. */
  readonly help: string;
  /** A whole term. */
  readonly example: string;
}

/** A text that the field contains, in capitals or not, or with `=` the whole of it, letter for letter. */
interface TextField extends Described {
  readonly kind: 'text';
}
interface ChoiceField extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
}
interface NumberField extends Described {
  readonly kind: 'number';
  readonly read: Reader;
  /** What the value can be, for a sentence: "a duration, such as 800ms or 2s". */
  readonly wants: string;
}
/** One of the names that traces have, whole, in capitals or not. */
interface NameField extends Described {
  readonly kind: 'name';
  /** The name as traces have it. */
  readonly read?: (text: string) => string;
}
/** A part of a trace, in which the text that follows is looked for. */
interface PartField extends Described {
  readonly kind: 'part';
  readonly choices: readonly string[];
}
/** A moment of the wall clock: one side of it. */
interface MomentField extends Described {
  readonly kind: 'moment';
  readonly side: '>=' | '<';
}
export type FilterField = TextField | NameField | PartField | ChoiceField | NumberField | MomentField;

const DURATION = { kind: 'number', read: readDuration, wants: 'a duration, such as 800ms, 2s or 1m30s' } as const;
const AMOUNT = { kind: 'number', read: readAmount, wants: 'a number, such as 250, 4k or 1.5m' } as const;

/** Two lanes in alphabetical order, however the sign between them was typed. */
function readLanes(text: string): string {
  const [a = '', b, ...more] = text.split(/≠|!=/);
  return b === undefined || more.length > 0 ? text : [a.trim(), b.trim()].toSorted().join('≠');
}

export const FIELDS = {
  model: { kind: 'text', help: 'The model’s name contains the text.', example: 'model:gpt-4o' },
  api: { kind: 'text', help: 'The API’s id contains the text.', example: 'api:responses' },
  endpoint: { kind: 'text', help: 'The endpoint’s or the server’s name contains the text.', example: 'endpoint:local' },
  title: { kind: 'text', help: 'The title contains the text.', example: 'title:"weather in Paris"' },
  state: {
    kind: 'choice',
    choices: [...TERMINAL_STATES, 'live'],
    help: 'How the stream ended; live while it has not.',
    example: 'state:truncated',
  },
  source: {
    kind: 'choice',
    choices: TRACE_SOURCES,
    help: 'Where the trace came from.',
    example: 'source:capture',
  },
  finish: {
    kind: 'choice',
    choices: FINISH_REASONS,
    help: 'Why the model stopped.',
    example: 'finish:length',
  },
  has: {
    kind: 'choice',
    choices: ['text', 'reasoning', 'tool', 'usage', 'cost', 'times', 'star', 'error'],
    help: 'The trace has such a part.',
    example: 'has:tool',
  },
  tool: {
    kind: 'text',
    help: 'The name of a tool that the model called contains the text.',
    example: 'tool:get_weather',
  },
  lint: {
    kind: 'name',
    help: 'The stream has lint remarks of that severity (`error`, `warning`, `info`), or breaks that rule.',
    example: 'lint:error',
  },
  diff: {
    kind: 'name',
    read: readLanes,
    help: 'That lane differs from the wire, or by that kind of finding, or two lanes are not alike.',
    example: 'diff:legacy≠simple',
  },
  tag: { kind: 'name', help: 'The trace has the tag.', example: 'tag:regression' },
  in: {
    kind: 'part',
    choices: SEARCH_PARTS,
    help: 'That part of the trace contains the text behind it.',
    example: 'in:args "Paris"',
  },
  status: {
    kind: 'number',
    read: readStatus,
    wants: 'an HTTP status, such as 429 or 5xx',
    help: 'The HTTP status of the response.',
    example: 'status:5xx',
  },
  ttft: { ...DURATION, help: 'Time from the request to the first text.', example: 'ttft>800ms' },
  ttfb: { ...DURATION, help: 'Time from the request to the first byte of the body.', example: 'ttfb>2s' },
  duration: { ...DURATION, help: 'Time from the request to the end.', example: 'duration>1m' },
  gap: { ...DURATION, help: 'The longest time between two events.', example: 'gap>2s' },
  tokens: { ...AMOUNT, help: 'Input and output tokens together.', example: 'tokens>4k' },
  input: { ...AMOUNT, help: 'Input tokens.', example: 'input>100k' },
  output: { ...AMOUNT, help: 'Output tokens.', example: 'output<10' },
  rate: { ...AMOUNT, help: 'Output tokens a second.', example: 'rate<20' },
  cost: { ...AMOUNT, wants: 'US dollars, such as 0.01', help: 'The cost in US dollars.', example: 'cost>0.01' },
  events: { ...AMOUNT, help: 'The number of events.', example: 'events>1k' },
  bytes: {
    kind: 'number',
    read: readBytes,
    wants: 'a number of bytes, such as 500, 64kb or 2mb',
    help: 'The size of the body.',
    example: 'bytes>1mb',
  },
  size: {
    kind: 'number',
    read: readBytes,
    wants: 'a number of bytes, such as 500, 64kb or 2mb',
    help: 'What the trace takes of the trace file.',
    example: 'size>1mb',
  },
  after: {
    kind: 'moment',
    side: '>=',
    help: 'The trace began at that time or later.',
    example: 'after:yesterday',
  },
  before: { kind: 'moment', side: '<', help: 'The trace began before that time.', example: 'before:2026-01-31' },
} as const satisfies Readonly<Record<string, FilterField>>;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** Fields of few values, each of many traces. */
export const LISTED_FIELDS = [
  'model',
  'api',
  'endpoint',
  'state',
  'source',
  'finish',
  'status',
  'tool',
  'lint',
  'diff',
  'tag',
] as const satisfies readonly FieldName[];
export type ListedField = (typeof LISTED_FIELDS)[number];

/** A value that is read as something else unless it is quoted. */
const QUOTED = /[\s()"\\]|^[<>=]|^\/\//;

/** A term of the grammar that asks a field for this value, and not for others that contain it. */
export function termText(field: FieldName, value: string): string {
  const sign = FIELDS[field].kind === 'text' ? '=' : ':';
  return field + sign + (QUOTED.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : value);
}

export const isListed = (name: FieldName): name is ListedField => LISTED_FIELDS.some((listed) => listed === name);

export const isFieldName = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);
