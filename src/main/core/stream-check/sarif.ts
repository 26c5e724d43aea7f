/**
 * A report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code hosts show at the lines of the files. Rules
 * carry the help of the lint and of the findings; results have byte offsets, and lines where the file is text.
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHash } from 'node:crypto';
import type { ByteRange } from '../../../shared/text/byte-range.ts';
import type { CheckReport, JudgedIssue } from './report.ts';
import { CHECK_RULES, type CheckRule } from './rules.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT = '%SRCROOT%';

const RULE_INDEX = new Map(CHECK_RULES.map(({ id }, index) => [id, index]));

/** `root`: the folder that addresses of files are relative to. `version`: of this program. */
export function sarifOf(report: CheckReport, root: string, version: string): string {
  const results = [
    ...report.streams.flatMap(({ name, path, issues, fileBytes }) => {
      const text = fileBytes === null ? null : new Text(fileBytes);
      return issues.map((issue) => resultOf({ ...issue, name, path }, root, report.compared, text));
    }),
    ...report.others.map((issue) => resultOf(issue, root, report.compared, null)),
  ];
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Tracelane', version, rules: CHECK_RULES.map(descriptorOf) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { uri: `${pathToFileURL(root).href}/` } },
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const descriptorOf = ({ id, title, help, level }: CheckRule): object => ({
  id,
  shortDescription: { text: title },
  fullDescription: { text: help },
  help: { text: help },
  ...(level && { defaultConfiguration: { level } }),
});

type Located = JudgedIssue & { readonly name: string; readonly path: string };

function resultOf(issue: Located, root: string, compared: boolean, text: Text | null): object {
  const { rule, level, sentence, bytes, event, lane, count, known, name, path } = issue;
  const region = bytes && text?.region(bytes);
  return {
    ruleId: rule,
    ruleIndex: RULE_INDEX.get(rule),
    level,
    message: { text: sentence },
    locations: [{ physicalLocation: { artifactLocation: addressOf(path, root), ...(region && { region }) } }],
    partialFingerprints: { 'tracelane/v1': fingerprintOf(issue) },
    ...(compared && { baselineState: known ? 'unchanged' : 'new' }),
    ...(count > 1 && { occurrenceCount: count }),
    properties: {
      stream: name,
      ...(lane !== null && { lane }),
      ...(event !== null && { event }),
      ...(bytes && { bodyBytes: bytes }),
    },
  };
}

/** The same for the same fault at another place of the file. */
const fingerprintOf = ({ rule, lane, name }: Located): string =>
  createHash('sha256')
    .update(JSON.stringify([rule, lane, name]))
    .digest('hex')
    .slice(0, 32);

function addressOf(path: string, root: string): object {
  const from = relative(root, resolve(root, path));
  if (from.startsWith('..') || isAbsolute(from)) return { uri: pathToFileURL(resolve(root, path)).href };
  return { uri: from.split(sep).map(encodeURIComponent).join('/'), uriBaseId: ROOT };
}

const LF = 0x0a;

/** The bytes of a file, which is text when it is UTF-8. */
class Text {
  readonly #bytes: Uint8Array;
  readonly #isText: boolean;
  /** Where each line begins. */
  readonly #lines: readonly number[];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#isText = isUtf8(bytes);
    const lines = [0];
    if (this.#isText) for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines.push(at + 1);
    this.#lines = lines;
  }

  region([start, end]: ByteRange): object {
    const bytes = { byteOffset: start, byteLength: end - start };
    if (!this.#isText) return bytes;
    const [from, to] = [this.#place(start), this.#place(end)];
    return { ...bytes, startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    let [low, high] = [0, this.#lines.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle;
    }
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      this.#bytes.subarray(this.#lines[low]!, offset),
    );
    return { line: low + 1, column: before.length + 1 };
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
