/** Two requests set beside each other: messages aligned by content, tools by name, parameters by key. */
import { diffArrays } from 'diff';
import { arrayOf, objectOf, stringOf, type JsonObject } from '../json/json-object.ts';
import { canonical } from './argument-text.ts';
import type { RequestDiffRow } from './result.ts';

type Section = RequestDiffRow['section'];

/** Where the APIs keep the conversation; the rest are tools and parameters. */
const MESSAGE_KEYS = ['system', 'instructions', 'messages', 'input'] as const;
/** A conversation with more edits than this is another one: its messages are then aligned by position. */
const MAX_EDITS = 400;

export function requestDiff(a: unknown, b: unknown): readonly RequestDiffRow[] {
  const [left, right] = [objectOf(a) ?? {}, objectOf(b) ?? {}];
  const other = new Set<string>([...MESSAGE_KEYS, 'tools']);
  return [
    ...messageRows(left, right),
    ...keyedRows('tools', toolsOf(left), toolsOf(right)),
    ...keyedRows('parameters', without(left, other), without(right, other)),
  ];
}

interface Message {
  readonly path: string;
  readonly role: string;
  readonly text: string;
}

function messagesOf(request: JsonObject): Message[] {
  return MESSAGE_KEYS.flatMap((key) => {
    const value = request[key];
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [{ path: key, role: key, text: show(value) }];
    return value.map((message: unknown, index) => ({
      path: `${key}[${index}]`,
      role: stringOf(objectOf(message)?.['role']) ?? key,
      text: show(message),
    }));
  });
}

function messageRows(a: JsonObject, b: JsonObject): RequestDiffRow[] {
  const [left, right] = [messagesOf(a), messagesOf(b)];
  const changes = diffArrays(left, right, {
    comparator: (one, two) => one.text === two.text,
    maxEditLength: MAX_EDITS,
  }) ?? [
    { value: left, removed: true, added: false },
    { value: right, removed: false, added: true },
  ];
  const rows: RequestDiffRow[] = [];
  let removed: Message[] = [];
  const flush = (): void => {
    for (const message of removed) rows.push(row('messages', message.path, message.text, null));
    removed = [];
  };
  for (const change of changes) {
    if (change.removed) removed = [...removed, ...change.value];
    else if (change.added) {
      for (const message of change.value) {
        const partner = removed.findIndex(({ role }) => role === message.role);
        // What was skipped over to find the partner is gone, in its place.
        for (const gone of removed.splice(0, Math.max(0, partner)))
          rows.push(row('messages', gone.path, gone.text, null));
        rows.push(row('messages', message.path, partner < 0 ? null : (removed.shift()?.text ?? null), message.text));
      }
      flush();
    } else {
      flush();
      rows.push(...change.value.map(({ path, text }) => row('messages', path, text, text)));
    }
  }
  flush();
  return rows;
}

function toolsOf(request: JsonObject): ReadonlyMap<string, unknown> {
  return new Map(
    arrayOf(request['tools']).map((tool, index) => {
      const fields = objectOf(tool);
      return [
        stringOf(objectOf(fields?.['function'])?.['name']) ?? stringOf(fields?.['name']) ?? `tools[${index}]`,
        tool,
      ];
    }),
  );
}

function keyedRows(
  section: Section,
  a: ReadonlyMap<string, unknown>,
  b: ReadonlyMap<string, unknown>,
): RequestDiffRow[] {
  return [...new Set([...a.keys(), ...b.keys()])].map((key) =>
    row(section, key, a.has(key) ? show(a.get(key)) : null, b.has(key) ? show(b.get(key)) : null),
  );
}

const without = (request: JsonObject, keys: ReadonlySet<string>): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(request).filter(([key]) => !keys.has(key)));

function row(section: Section, path: string, a: string | null, b: string | null): RequestDiffRow {
  return { section, path, a, b, change: a === b ? 'same' : a === null ? 'added' : b === null ? 'removed' : 'changed' };
}

/** Order of keys is no difference, so texts are shown with their keys in order. */
const show = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(JSON.parse(canonical(value)) as unknown, null, 2);
