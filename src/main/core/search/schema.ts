/** The file that searches are answered from. It holds nothing that the trace file has not: it can be thrown away and made again. */
import { join } from 'node:path';
import { TOKENIZER } from './tokens.ts';

/** Of the tables and of what is put into them: a file of another version is made again. */
export const SEARCH_VERSION = 3;

export const searchFile = (dataDir: string): string => join(dataDir, 'tracelane.search.db');

/**
 * The documents of a trace are kept in pages, many to one, since that is what compresses. A page's number is its trace's row
 * number and its place there. `tokens` has what stands in the pages, and no text, under their numbers below zero: FTS5 reads
 * from the lowest number on, and only as far as it is asked, so that these are to be the newest. `words` has each word of all
 * pages once, to complete a part of a word (docs/decisions/0014).
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
  -- Numbers are never used again: who knows the words up to one asks for those above it.
  CREATE TABLE words (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    word TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE VIRTUAL TABLE tokens USING fts5(
    text, content='', columnsize=0, detail=none, tokenize="${TOKENIZER.replaceAll('"', '""')}"
  );
  INSERT INTO tokens (tokens, rank) VALUES ('secure-delete', 1), ('usermerge', 2);
`;

/**
 * Pages of one trace, at most. Few, so that the numbers of pages of traces that follow each other are near: most tokens stand in many
 * traces, and the index keeps for each the distance to the page before, in one byte up to 127.
 */
export const MOST_PAGES = 2 ** 6;

export const firstPage = (nr: number): bigint => BigInt(nr) * BigInt(MOST_PAGES);
export const traceOfPage = (number: number): number => Math.floor(number / MOST_PAGES);
