/** `tracelane vectors PATH…`: what the original adapters did, against what the lanes do. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { parsePartial, parsePython } from '../../../shared/json/partial-json.ts';
import { pythonStr } from '../../../shared/json/python-print.ts';
import { isDict, toPlain, type PyDict, type PyValue } from '../../../shared/json/python-value.ts';
import { readInput, readText } from './input.ts';
import { UsageError } from './terminal.ts';
import { firstDifference, runVector, type Difference, type VectorEntry } from './vector-run.ts';

export function addVectors(program: Command): void {
  program
    .command('vectors')
    .description('run vector files: each option set of each entry is one run')
    .argument('<path...>', 'vector files (.jsonl, or partial-json .json), or folders of them')
    .option(
      '--corpus <dir>',
      'the folder of the files that entries name; default: the corpus folders beside the vectors’ spec/',
    )
    .action((paths: string[], options: { corpus?: string }) => {
      const tally = runVectors(paths, options.corpus, (line) => console.log(line));
      if (tally.texts > 0)
        console.log(
          `${tally.passed + tally.failed - tally.texts} runs of adapters, ${tally.texts} texts of partial JSON`,
        );
      console.log(`${tally.passed} passed, ${tally.failed} failed`);
      if (tally.failed > 0) process.exitCode = 1;
    });
}

/** Runs files and folders of vectors; `print` gets what is said of each failure. Throws UsageError for what cannot be read. */
export function runVectors(paths: readonly string[], corpus: string | undefined, print: (line: string) => void): Tally {
  const tally = new Tally(print);
  for (const path of paths.flatMap(vectorFiles)) runFile(path, corpus, tally);
  return tally;
}

class Tally {
  readonly #print: (line: string) => void;
  passed = 0;
  failed = 0;
  /** How many of both are texts of partial JSON. */
  texts = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  add(name: string, difference: Difference | undefined): void {
    if (difference === undefined) this.passed++;
    else {
      this.failed++;
      this.#print(
        `FAIL ${name}\n  at ${difference.path}\n  expected ${difference.expected}\n  got      ${difference.got}`,
      );
    }
  }
}

function vectorFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith('.jsonl') || name.endsWith('.json'))
      .toSorted()
      .map((name) => join(path, name));
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function runFile(path: string, corpus: string | undefined, tally: Tally): void {
  const text = readText(path);
  if (!path.endsWith('.jsonl')) return runPartialJson(path, text, tally);
  text.split('\n').forEach((line, at) => {
    if (line.trim() !== '') runEntry(dictAt(line, `${path}:${at + 1}`), path, corpus, tally);
  });
}

function runEntry(entry: PyDict, path: string, corpus: string | undefined, tally: Tally): void {
  const plain = toPlain(new Map([...entry].filter(([key]) => key !== 'outcomes'))) as Omit<VectorEntry, 'request'> & {
    readonly wire: Wire;
  };
  const bytes = wireBytes(plain.wire, path, corpus);
  const vector: VectorEntry = { ...plain, request: entry.get('request') ?? null };
  for (const outcome of entry.get('outcomes') as PyDict[]) {
    for (const options of outcome.get('options') as PyDict[]) {
      const difference = runVector(vector, bytes, options, outcome.get('expect') as PyDict);
      tally.add(`${plain.name} ${JSON.stringify(toPlain(options))}`, difference);
    }
  }
}

type Wire = { readonly text?: string; readonly base64?: string; readonly file?: string };

function wireBytes(wire: Wire, path: string, corpus: string | undefined): Uint8Array {
  if (wire.text !== undefined) return new TextEncoder().encode(wire.text);
  if (wire.base64 !== undefined) return Buffer.from(wire.base64, 'base64');
  const folders = corpus === undefined ? corpusFolders(path) : [corpus];
  for (const folder of folders) {
    try {
      return readInput(join(folder, wire.file ?? ''));
    } catch {
      // In the next folder, perhaps.
    }
  }
  throw new UsageError(
    `${path} names the stream ${wire.file}, which is in none of: ${folders.join(', ') || 'no corpus folder'}. Name its folder with --corpus.`,
  );
}

/** The folders of `corpus/` beside `spec/`, wherever above the file that is. */
function corpusFolders(path: string): string[] {
  let folder = dirname(resolve(path));
  while (basename(folder) !== 'spec' && dirname(folder) !== folder) folder = dirname(folder);
  const corpus = join(dirname(folder), 'corpus');
  try {
    return readdirSync(corpus, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(corpus, entry.name));
  } catch {
    return [];
  }
}

/** Texts and what the partial parser of the original made of each. */
function runPartialJson(path: string, text: string, tally: Tally): void {
  for (const entry of parsePython(text) as PyDict[]) {
    const json = entry.get('text') as string;
    tally.texts++;
    tally.add(`${basename(path)} ${JSON.stringify(json)}`, partialDifference(entry, parsedOrError(json)));
  }
}

function partialDifference(entry: PyDict, got: PyValue | undefined): Difference | undefined {
  if (entry.has('error'))
    return got === undefined ? undefined : { path: 'error', expected: 'a parse error', got: pythonStr(got) };
  if (got === undefined) return { path: 'error', expected: 'a value', got: 'a parse error' };
  if (entry.has('value_repr')) return firstDifference('value_repr', entry.get('value_repr'), pythonStr(got));
  return firstDifference('value', entry.get('value'), got);
}

function parsedOrError(json: string): PyValue | undefined {
  try {
    return parsePartial(json);
  } catch {
    return undefined;
  }
}

function dictAt(line: string, place: string): PyDict {
  const value = parsePythonAt(line, place);
  if (isDict(value) && Array.isArray(value.get('outcomes')) && isDict(value.get('wire'))) return value;
  throw new UsageError(`${place} is no vector: an object with a wire and outcomes is expected.`);
}

function parsePythonAt(line: string, place: string): PyValue {
  try {
    return parsePython(line);
  } catch {
    throw new UsageError(`${place} is not JSON.`);
  }
}
