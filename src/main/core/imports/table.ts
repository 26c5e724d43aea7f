/** Tables as log services and spreadsheets export them: rows of cells, a cell with a delimiter or a line end in quotation marks (RFC 4180). */
import type { JsonObject } from '../../../shared/json/json-object.ts';

/** Names of columns alone: the first line of prose or of a stream is none. */
const HEADER = /^\uFEFF?"?[\w @.()/-]{1,60}"?(?:([,;\t])"?[\w @.()/-]{1,60}"?)+\r?$/;

/** Each row as an object of its cells, by the names of the columns; null for what is no table. */
export function rowsOfTable(text: string): readonly JsonObject[] | null {
  const end = text.indexOf('\n');
  const [header, delimiter] = HEADER.exec(text.slice(0, Math.min(end, 8_192))) ?? [];
  if (header === undefined || delimiter === undefined) return null;
  const [names = [], ...rows] = cellsOf(text, delimiter);
  if (rows.length === 0 || rows.some((row) => row.length !== names.length)) return null;
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]!])));
}

function cellsOf(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length;) {
    const [cell, end] = text[at] === '"' ? quoted(text, at) : plain(text, at, delimiter);
    row.push(cell);
    at = end + 1;
    if (text[end] === delimiter) {
      if (at === text.length) row.push('');
      continue;
    }
    if (text[end] === '\r' && text[at] === '\n') at++;
    // A line end after the last row begins no other.
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

/** A cell and where it ends. A quotation mark within is doubled. */
function quoted(text: string, start: number): readonly [string, number] {
  let at = start + 1;
  for (; at < text.length; at++) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') break;
    at++;
  }
  return [text.slice(start + 1, at).replaceAll('""', '"'), at + 1];
}

function plain(text: string, start: number, delimiter: string): readonly [string, number] {
  let at = start;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return [text.slice(start, at), at];
}
