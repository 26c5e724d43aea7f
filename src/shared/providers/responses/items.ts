/** The output items of a Response while they stream, and the items that they add up to. */
import type { BlockKind } from '../../model/messages.ts';
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { keepReplaced } from '../../wire/fields.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';

/** A content part of a message, or a summary or content part of a reasoning item. */
export interface Part {
  readonly block: Block;
  /** The part as it was added. */
  readonly start: JsonObject;
  /** The part as its done event gave it. */
  done: JsonObject | null;
  /** The text as its done event gave it: it replaces the deltas in the sum, as in the SDK. */
  doneText: string | null;
  readonly annotations: unknown[];
  readonly logprobs: unknown[];
}

export interface Item {
  readonly index: number;
  /** What a summary calls it. */
  readonly target: string;
  readonly type: string;
  readonly added: JsonObject;
  done: JsonObject | null;
  /** The item's own block; null for messages and reasoning, whose parts have theirs. */
  readonly block: Block | null;
  readonly content: Map<number, Part>;
  readonly summary: Map<number, Part>;
  /** Fields that events other than `done` have set: status, arguments, code, ... */
  readonly fields: Map<string, unknown>;
  /** Commands of a shell_call, and the outputs of a shell_call_output. */
  readonly commands: Map<number, string>;
  readonly outputs: Map<number, { stdout: string; stderr: string } | JsonObject>;
}

/** Tools that the client has to run. All other calls are the server's own. */
const CLIENT_TOOLS = new Set([
  'function_call',
  'custom_tool_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
  'computer_call',
]);
/** Calls whose text is JSON by contract; what others stream (code, diffs, commands, free text) is not. */
const JSON_CALLS = new Set(['function_call', 'mcp_call', 'mcp_approval_request']);

export const hasParts = (type: string): boolean => type === 'message' || type === 'reasoning';
export const takesJson = (type: string): boolean => JSON_CALLS.has(type);

export function kindOfItem(type: string, item: JsonObject): BlockKind {
  if (CLIENT_TOOLS.has(type)) return 'tool';
  if (type === 'tool_search_call') return item['execution'] === 'client' ? 'tool' : 'server_tool';
  if (type.endsWith('_output')) return 'server_tool_result';
  return type.endsWith('_call') || type.startsWith('mcp_') ? 'server_tool' : 'other';
}

/** The whole arguments that an item carries: their text where the API has one, else its action as JSON. */
export function wholeArguments(item: JsonObject): string | null {
  const text = stringOf(item['arguments']) ?? stringOf(item['input']) ?? stringOf(item['code']);
  if (text !== null) return text;
  const action = item['action'] ?? item['operation'] ?? item['arguments'];
  return typeof action === 'object' && action !== null ? JSON.stringify(action) : null;
}

/** The field of an item that its deltas add up to. */
export const STREAMED_FIELD: ReadonlyMap<string, string> = new Map([
  ['function_call', 'arguments'],
  ['mcp_call', 'arguments'],
  ['custom_tool_call', 'input'],
  ['code_interpreter_call', 'code'],
]);

function inOrder<Value>(byIndex: ReadonlyMap<number, Value>): Value[] {
  return [...byIndex].toSorted(([a], [b]) => a - b).map(([, value]) => value);
}

/** An item as the SDK's accumulation has it: what `done` said, else what was added with what streamed since. */
export function accumulatedItem(item: Item): unknown {
  if (item.done) return item.done;
  const sum = new Map<string, unknown>([...Object.entries(item.added), ...item.fields]);
  const streamed = STREAMED_FIELD.get(item.type);
  if (streamed && item.block?.text && !item.fields.has(streamed)) sum.set(streamed, item.block.text);
  if (item.content.size > 0) sum.set('content', inOrder(item.content).map(accumulatedPart));
  if (item.summary.size > 0) sum.set('summary', inOrder(item.summary).map(accumulatedPart));
  if (item.commands.size > 0)
    sum.set('action', { ...objectOf(item.added['action']), commands: inOrder(item.commands) });
  if (item.outputs.size > 0) sum.set('output', inOrder(item.outputs));
  return Object.fromEntries(sum);
}

/** What the events before say of an item beside its text: a done event, or the final Response, takes its place. */
export function keepReplacedItem(
  recorder: WireRecorder,
  { added, done, fields, content, summary }: Item,
  after: unknown,
): void {
  keepReplaced(recorder, 'item', done ?? { ...added, ...Object.fromEntries(fields) }, after);
  if (done) return;
  const lists = [
    ['content', content],
    ['summary', summary],
  ] as const;
  for (const [name, parts] of lists)
    for (const [at, part] of parts)
      keepReplaced(recorder, `item.${name}[${at}]`, part.done ?? part.start, arrayOf(objectOf(after)?.[name])[at]);
}

function accumulatedPart(part: Part): unknown {
  if (part.done) return part.done;
  const sum = new Map(Object.entries(part.start));
  sum.set(part.block.kind === 'refusal' ? 'refusal' : 'text', part.doneText ?? part.block.text);
  if (part.annotations.length > 0) sum.set('annotations', [...part.annotations]);
  if (part.logprobs.length > 0) sum.set('logprobs', [...part.logprobs]);
  return Object.fromEntries(sum);
}

/** The SDK's `output_text`: the text parts of all messages, joined. */
export function outputText(output: readonly unknown[]): string {
  let text = '';
  for (const item of output.map(objectOf)) {
    if (item?.['type'] !== 'message') continue;
    for (const part of arrayOf(item['content']).map(objectOf)) {
      if (part?.['type'] === 'output_text') text += stringOf(part['text']) ?? '';
    }
  }
  return text;
}
