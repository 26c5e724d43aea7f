/** The file that searches are answered from. It holds nothing that the trace file has not: it can be thrown away and made again. */
import { join } from 'node:path';

/** Of the tables and of what is put into them: a file of another version is made again. */
export const SEARCH_VERSION = 2;

export const searchFile = (dataDir: string): string => join(dataDir, 'tracelane.search.db');

/**
 * The documents of a trace are kept in pages, many to one, since that is what compresses. A
 * page's number is its trace's row number and its place there, so that the newest come first in either table. `grams` has the
 * trigrams of the folded texts with their places, and no text (docs/decisions/0014).
 */
export const SEARCH_TABLES = `
  CREATE TABLE indexed (
    nr INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- 0: not all of it is in.
    whole INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE pages (
    number INTEGER PRIMARY KEY,
    documents BLOB NOT NULL
  ) STRICT;
  CREATE VIRTUAL TABLE grams USING fts5(
    text, content='', columnsize=0, tokenize='trigram case_sensitive 1'
  );
  INSERT INTO grams (grams, rank) VALUES ('secure-delete', 1);
`;

/**
 * Pages of one trace, at most. Few, so that the numbers of pages of traces that follow each other are near: most trigrams stand in most
 * traces, and the index keeps for each the distance to the page before, in one byte up to 127.
 */
export const MOST_PAGES = 2 ** 6;

export const firstPage = (nr: number): bigint => BigInt(nr) * BigInt(MOST_PAGES);
export const traceOfPage = (number: number): number => Math.floor(number / MOST_PAGES);
