/**
 * A stream of which each piece stands in a record of its own: container logs (`{"log":"data: …\n"}`), the journal, structured loggers,
 * exports of log services, lists of strings.
 */
import { arrayOf, isJson, objectOf, type JsonObject } from '../../../shared/json/json-object.ts';
import { topLevelObjects } from '../../../shared/json/top-level.ts';
import { jsonOf } from './http-head.ts';
import { linesOfPieces, type LogPiece, type Repaired } from './log-lines.ts';
import { isNewestFirst, timeIn, timeOf } from './log-times.ts';
import { rowsOfTable } from './table.ts';

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
  const { where } = found;
  const backwards = isNewestFirst(found.pieces.map(({ time }) => time));
  const pieces = backwards ? found.pieces.toReversed() : found.pieces;
  const ended = pieces.some((piece) => piece.text.endsWith('\n'));
  // Words of a log before the fields are taken off later, with what has no field.
  const prefixed = !pieces.some((piece) => /^(?:data|event|id|retry):/.test(piece.text));
  let dropped = 0;
  let open = false;
  const kept = pieces.filter((piece) => {
    // A long line goes on in the next record.
    const part = prefixed || open || piece.text.trim() === '' || piece.text.startsWith(':') || FIELD.test(piece.text);
    open = part && ended && !piece.text.endsWith('\n');
    if (!part) dropped++;
    return part;
  });
  const repaired = [
    `Each piece stood in ${where === '' ? 'a string of a list' : `${JSON.stringify(where)} of a record`}; they were put together.`,
  ];
  if (backwards) repaired.push('The records were listed newest first; they were turned round.');
  if (dropped > 0)
    repaired.push(`${countedRecords(dropped)} no part of the stream ${dropped === 1 ? 'was' : 'were'} left out.`);
  const whole = ended ? kept : [...kept, { text: '', time: null }];
  return { lines: linesOfPieces(whole, ended ? '' : '\n'), repaired };
}

/** `One record that is`, `2 records that are`. */
export const countedRecords = (records: number): string =>
  records === 1 ? 'One record that is' : `${records} records that are`;

interface Pieces {
  readonly pieces: readonly LogPiece[];
  /** The member that holds them; '' where the list holds them itself. */
  readonly where: string;
}

function piecesIn(text: string): Pieces | null {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') {
    const rows = rowsOfTable(text);
    return rows === null ? null : inRecords(rows);
  }
  const { objects } = topLevelObjects(text);
  const together = objects.length > 1 ? inRecords(objects.map(({ value }) => value)) : null;
  return together ?? inLists(objects.length > 1 && start === '{' ? undefined : jsonOf(text), MAX_DEPTH);
}

/** The first list within a value that holds pieces. */
function inLists(value: unknown, depth: number): Pieces | null {
  if (depth === 0) return null;
  const list = arrayOf(value);
  const strings = list.flatMap((item) => (typeof item === 'string' ? [{ text: item, time: null }] : []));
  const pieces = strings.length === list.length ? strings : list.flatMap(pairOf);
  if (pieces.length > 1 && pieces.length === list.length && (holdsStream(pieces) || pieces.every(isObjectText)))
    return { pieces, where: '' };
  const records = list.filter((item) => objectOf(item) !== null) as readonly JsonObject[];
  const own = records.length > 1 ? inRecords(records) : null;
  if (own !== null) return own;
  for (const inner of list.length > 0 ? list.slice(0, 100) : Object.values(objectOf(value) ?? {})) {
    const found = inLists(inner, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

/** The data of an event without its field. */
const isObjectText = ({ text }: LogPiece): boolean => text.startsWith('{') && isJson(text);

/** A time and a line, as Loki lists them. */
function pairOf(item: unknown): readonly LogPiece[] {
  const [time, text] = arrayOf(item);
  return (typeof time === 'string' || typeof time === 'number') && typeof text === 'string'
    ? [{ text, time: timeIn(String(time)) }]
    : [];
}

function inRecords(records: readonly JsonObject[]): Pieces | null {
  for (const path of pathsOf(records)) {
    const pieces = records.flatMap((record) => {
      const piece = pieceOf(path.reduce<unknown>((value, name) => objectOf(value)?.[name], record));
      return piece === null ? [] : [{ text: piece, time: timeOf(record) }];
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
      if (FIELD.test(pieceOf(member) ?? '')) paths.set(inner.join('\0'), inner);
      const object = objectOf(member);
      if (object !== null && inner.length < MAX_PATH) look(object, inner);
    }
  };
  for (const record of records.slice(0, 1000)) look(record, []);
  return [...paths.values()];
}

/** The text of an event may look like a field, but not that of every fourth one. */
function holdsStream(pieces: readonly LogPiece[]): boolean {
  const fields = pieces.filter(({ text }) => FIELD.test(text)).length;
  return fields > 1 && fields * 4 >= pieces.filter(({ text }) => text.trim() !== '').length;
}

/** A text, or the bytes of one as Node's Buffer becomes JSON; null for anything else. */
function pieceOf(member: unknown): string | null {
  if (typeof member === 'string') return plain(member);
  const buffer = objectOf(member);
  if (buffer?.['type'] !== 'Buffer') return null;
  const bytes = arrayOf(buffer['data']);
  return bytes.every((byte) => typeof byte === 'number') ? Buffer.from(bytes).toString() : null;
}

/** Programs that keep bytes in JSON write them in base64. */
function plain(piece: string): string {
  if (piece.length < 8 || piece.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(piece)) return piece;
  const text = Buffer.from(piece, 'base64').toString();
  return /^(?:data|event|id|retry|):|^[\r\n]+$/.test(text) ? text : piece;
}
