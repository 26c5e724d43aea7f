/**
 * A stream of which each piece stands in a record of its own: container logs (`{"log":"data: …\n"}`), the journal, structured loggers,
 * exports of log services, lists of strings.
 */
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../../shared/json/json-object.ts';
import { topLevelObjects } from '../../../shared/json/top-level.ts';
import { jsonOf } from './http-head.ts';
import type { Repaired } from './repair-text.ts';

/** A field of an event stream at the start of a line, or after the words of a log. */
const FIELD = /(?:^|[\n\s|>:\]])(?:data|event|id|retry): ?(?:[[{\w]|$)/;
/** Lists lie no deeper in what log services give. */
const MAX_DEPTH = 5;
/** A record's own members, and those of the object in it. */
const MAX_PATH = 2;

/** Null where no member of the records holds pieces of a stream. */
export function textInRecords(text: string): Repaired | null {
  const found = piecesIn(text);
  if (found === null) return null;
  const { pieces, where } = found;
  const ended = pieces.some((piece) => piece.endsWith('\n'));
  // Words of a log before the fields are taken off later, with what has no field.
  const prefixed = !pieces.some((piece) => /^(?:data|event|id|retry):/.test(piece));
  let dropped = 0;
  let open = false;
  const kept = pieces.filter((piece) => {
    // A long line goes on in the next record.
    const part = prefixed || open || piece.trim() === '' || piece.startsWith(':') || FIELD.test(piece);
    open = part && ended && !piece.endsWith('\n');
    if (!part) dropped++;
    return part;
  });
  const repaired = [
    `Each piece stood in ${where === '' ? 'a string of a list' : `${JSON.stringify(where)} of a record`}; they were put together.`,
  ];
  if (dropped > 0) repaired.push(`${dropped} records that are no part of the stream were left out.`);
  return { text: kept.join(ended ? '' : '\n') + (ended ? '' : '\n'), repaired };
}

interface Pieces {
  readonly pieces: readonly string[];
  /** The member that holds them; '' where the list holds them itself. */
  readonly where: string;
}

function piecesIn(text: string): Pieces | null {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') return null;
  const { objects } = topLevelObjects(text);
  const together = objects.length > 1 ? inRecords(objects.map(({ value }) => value)) : null;
  return together ?? inLists(objects.length > 1 && start === '{' ? undefined : jsonOf(text), MAX_DEPTH);
}

/** The first list within a value that holds pieces. */
function inLists(value: unknown, depth: number): Pieces | null {
  if (depth === 0) return null;
  const list = arrayOf(value);
  const strings = list.filter((item) => typeof item === 'string');
  if (strings.length > 1 && strings.length === list.length && holdsStream(strings))
    return { pieces: strings, where: '' };
  const records = list.filter((item) => objectOf(item) !== null) as readonly JsonObject[];
  const own = records.length > 1 ? inRecords(records) : null;
  if (own !== null) return own;
  for (const inner of list.length > 0 ? list.slice(0, 100) : Object.values(objectOf(value) ?? {})) {
    const found = inLists(inner, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

function inRecords(records: readonly JsonObject[]): Pieces | null {
  for (const path of pathsOf(records)) {
    const pieces = records.flatMap((record) => {
      const piece = stringOf(path.reduce<unknown>((value, name) => objectOf(value)?.[name], record));
      return piece === null ? [] : [plain(piece)];
    });
    if (holdsStream(pieces)) return { pieces, where: path.join('.') };
  }
  return null;
}

/** Of the first record that has a field in a member. */
function pathsOf(records: readonly JsonObject[]): readonly (readonly string[])[] {
  const paths = new Map<string, readonly string[]>();
  const look = (value: JsonObject, path: readonly string[]): void => {
    for (const [name, member] of Object.entries(value)) {
      const inner = [...path, name];
      if (typeof member === 'string' && FIELD.test(plain(member))) paths.set(inner.join('\0'), inner);
      const object = objectOf(member);
      if (object !== null && inner.length < MAX_PATH) look(object, inner);
    }
  };
  for (const record of records.slice(0, 1000)) look(record, []);
  return [...paths.values()];
}

/** The text of an event may look like a field, but not that of every fourth one. */
function holdsStream(pieces: readonly string[]): boolean {
  const fields = pieces.filter((piece) => FIELD.test(piece)).length;
  return fields > 1 && fields * 4 >= pieces.filter((piece) => piece.trim() !== '').length;
}

/** Programs that keep bytes in JSON write them in base64. */
function plain(piece: string): string {
  if (piece.length < 8 || piece.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(piece)) return piece;
  const text = Buffer.from(piece, 'base64').toString();
  return /^(?:data|event|id|retry|):|^[\r\n]+$/.test(text) ? text : piece;
}
