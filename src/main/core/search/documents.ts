/** The documents that a trace is searched by: whole messages, never deltas, since what is looked for may span them. */
import type { ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import { arrayOf, objectOf, stringOf } from '../../../shared/json/json-object.ts';
import type { BlockId, WireBlock } from '../../../shared/model/messages.ts';
import type { SearchPart } from '../../../shared/model/search.ts';
import type { StoredTrace } from '../store/store.ts';

export interface SearchDocument {
  readonly part: SearchPart;
  /** Who says it, in one or two words: a role, the name of a tool. */
  readonly label: string;
  readonly text: string;
  /** The wire block whose text it is. */
  readonly block?: BlockId;
  /** Where `text` begins in the block's. */
  readonly start?: number;
  /** The first event that spoke of it; null: none did. */
  readonly event: number | null;
}

/** What of a reading is searched. */
export type Documented = Pick<ComparisonInput, 'wire' | 'body' | 'bytes' | 'notes'>;

/** Longer texts are cut, so that looking at one takes no time to speak of. In UTF-16 code units. */
const LONGEST = 32_768;
/** How far a piece reaches into the next, so that what stands at the cut is found: more than a search is long. */
const OVERLAP = 512;
/** Of an answer that is no stream: its beginning. */
const BODY_BYTES = 65_536;

/** Only what is stored is searched: keys are masked in it. */
export function documentsOf(trace: Pick<StoredTrace, 'request' | 'ending'>, input: Documented): SearchDocument[] {
  return [
    ...requestDocuments(trace.request),
    ...input.wire.blocks.flatMap(blockDocuments),
    ...input.wire.errors.map(({ message, type, code, event }): SearchDocument => ({
      part: 'error',
      label: 'error',
      text: [type, code, message].filter((text) => text !== null).join(' '),
      event: event < 0 ? null : event,
    })),
    ...endingDocuments(trace),
    ...bodyDocuments(input),
    ...input.notes.map(({ text, type }): SearchDocument => ({ part: 'note', label: type, text, event: null })),
  ]
    .filter(({ text }) => text.trim() !== '')
    .flatMap((document) => [...pieces(document)]);
}

function* pieces(document: SearchDocument): Iterable<SearchDocument> {
  const { text, start = 0 } = document;
  for (let at = 0; at === 0 || at + OVERLAP < text.length; at += LONGEST)
    yield text.length <= LONGEST
      ? document
      : { ...document, text: text.slice(at, at + LONGEST + OVERLAP), start: start + at };
}

const BLOCK_PARTS: Readonly<Partial<Record<WireBlock['kind'], SearchPart>>> = {
  text: 'answer',
  refusal: 'answer',
  reasoning: 'reasoning',
  tool: 'args',
  server_tool: 'args',
};

function blockDocuments({ block, kind, text, name, firstEvent: event }: WireBlock): readonly SearchDocument[] {
  const part = BLOCK_PARTS[kind] ?? 'answer';
  const label = name ?? (part === 'answer' ? 'answer' : part === 'reasoning' ? 'reasoning' : kind.replaceAll('_', ' '));
  return [
    ...(name ? [{ part: 'tool', label: 'tool', text: name, event } as const] : []),
    { part, label, text, block, event },
  ];
}

function endingDocuments({ ending }: Pick<StoredTrace, 'ending'>): readonly SearchDocument[] {
  if (!ending || ending.state === 'complete') return [];
  return [{ part: 'error', label: 'ending', text: [ending.rule, ending.advice ?? ''].join(' '), event: null }];
}

/** What a server says that does not stream, such as an error page. */
function bodyDocuments({ wire, body, bytes }: Documented): readonly SearchDocument[] {
  if (wire.blocks.length > 0 || !body || bytes === 0) return [];
  const text = new TextDecoder().decode(body.slice(0, Math.min(bytes, BODY_BYTES)));
  return [{ part: 'error', label: 'body', text, event: null }];
}

/** One for each turn, and for each other field that has text. */
function requestDocuments(request: unknown): readonly SearchDocument[] {
  return Object.entries(objectOf(request) ?? {}).flatMap(([field, value]) => {
    const turns = arrayOf(value).filter((turn) => stringOf(objectOf(turn)?.['role']) !== null);
    const parts: readonly (readonly [string, unknown])[] =
      turns.length > 0 ? turns.map((turn) => [stringOf(objectOf(turn)?.['role'])!, turn] as const) : [[field, value]];
    return parts.map(([label, one]): SearchDocument => ({
      part: 'request',
      label,
      text: [...textsIn(one)].join('\n'),
      event: null,
    }));
  });
}

/** Fields that say of which kind something is. */
const UNSAID: ReadonlySet<string> = new Set([
  'role',
  'type',
  'id',
  'signature',
  'encrypted_content',
  'format',
  'object',
]);
/** An image, or the like. */
const isData = (text: string): boolean =>
  text.startsWith('data:') || (text.length > 1000 && /^[\w+/=-]+$/.test(text.slice(0, 1000)));

/** Strings of a JSON value that somebody could look for, names of fields of arguments among them; however deep it is. */
function* textsIn(value: unknown): Iterable<string> {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === 'string') {
      if (!isData(one)) yield one;
    } else if (Array.isArray(one)) open.push(...one.toReversed());
    else if (typeof one === 'object' && one !== null)
      for (const [name, inside] of Object.entries(one).toReversed()) if (!UNSAID.has(name)) open.push(inside);
  }
}
