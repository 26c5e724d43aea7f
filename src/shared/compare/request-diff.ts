/** Two requests set beside each other: messages aligned by content, tools by name, parameters by key. */
import { diffArrays } from 'diff';
import { objectOf, stringOf } from '../json/json-object.ts';
import type { Api } from '../model/stream.ts';
import type { RequestFormat } from '../providers/provider.ts';
import { providerOf } from '../providers/registry.ts';
import { canonical } from './argument-text.ts';
import type { RequestDiffRow } from './result.ts';

type Section = RequestDiffRow['section'];

/** A conversation with more edits than this is another one: its messages are then aligned by position. */
const MAX_EDITS = 400;

/** The two may be of different APIs: each is read as its own. */
export function requestDiff(a: SentRequest, b: SentRequest): readonly RequestDiffRow[] {
  const [left, right] = [a, b].map(({ api, request }) => sectionsOf(providerOf(api).request, request)) as [
    Sections,
    Sections,
  ];
  return [
    ...messageRows(left.messages, right.messages),
    ...keyedRows('tools', left.tools, right.tools),
    ...keyedRows('parameters', left.parameters, right.parameters),
  ];
}

export interface SentRequest {
  readonly api: Api;
  readonly request: unknown;
}

interface Sections {
  readonly messages: readonly Message[];
  readonly tools: ReadonlyMap<string, unknown>;
  readonly parameters: ReadonlyMap<string, unknown>;
}

function sectionsOf(
  { fields: { system, turns, tools: toolFields }, tools }: RequestFormat,
  request: unknown,
): Sections {
  const given = objectOf(request) ?? {};
  const named = new Set([...system, ...turns, ...toolFields]);
  return {
    messages: [...system, ...turns].flatMap((field) => messagesOf(field, given[field])),
    tools: new Map(tools(given).map(({ name, tool }, index) => [name ?? `tools[${index}]`, tool])),
    parameters: new Map(Object.entries(given).filter(([field]) => !named.has(field))),
  };
}

interface Message {
  readonly path: string;
  readonly role: string;
  readonly text: string;
}

function messagesOf(field: string, value: unknown): Message[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [{ path: field, role: field, text: show(value) }];
  return value.map((message: unknown, index) => ({
    path: `${field}[${index}]`,
    role: stringOf(objectOf(message)?.['role']) ?? field,
    text: show(message),
  }));
}

function messageRows(left: readonly Message[], right: readonly Message[]): RequestDiffRow[] {
  const changes = diffArrays([...left], [...right], {
    comparator: (one, two) => one.text === two.text,
    maxEditLength: MAX_EDITS,
  }) ?? [
    { value: [...left], removed: true, added: false },
    { value: [...right], removed: false, added: true },
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

function keyedRows(
  section: Section,
  a: ReadonlyMap<string, unknown>,
  b: ReadonlyMap<string, unknown>,
): RequestDiffRow[] {
  return [...new Set([...a.keys(), ...b.keys()])].map((key) =>
    row(section, key, a.has(key) ? show(a.get(key)) : null, b.has(key) ? show(b.get(key)) : null),
  );
}

function row(section: Section, path: string, a: string | null, b: string | null): RequestDiffRow {
  return { section, path, a, b, change: a === b ? 'same' : a === null ? 'added' : b === null ? 'removed' : 'changed' };
}

/** Order of keys is no difference, so texts are shown with their keys in order. */
const show = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(JSON.parse(canonical(value)) as unknown, null, 2);
