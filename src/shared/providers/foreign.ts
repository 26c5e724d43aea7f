/**
 * Streams of APIs and programs that are none of the providers: told by what each event of theirs has and no other does, so
 * that a trace says whose they are. Nothing here is decoded.
 */
import { numberOf, objectOf, stringOf, type JsonObject } from '../json/json-object.ts';
import type { FrameFacts } from './provider.ts';

type Sign = (json: JsonObject, facts: FrameFacts) => boolean;

const isText = (value: unknown): boolean => typeof value === 'string';
const typed =
  (pattern: RegExp): Sign =>
  (_json, { type }) =>
    pattern.test(type);
const called =
  (field: string, pattern: RegExp): Sign =>
  (json) =>
    pattern.test(stringOf(json[field]) ?? '');

const REALTIME = "OpenAI's Realtime API";

/** Its events of a response have the names of Responses; each has an id of its own, and none is numbered. */
export const isRealtime: Sign = (json, { type }) =>
  isText(json['event_id']) &&
  !('sequence_number' in json) &&
  /^(?:session|conversation|input_audio_buffer|output_audio_buffer|rate_limits|response)\./.test(type);

/** As sentences call them, by their documented events. */
const FOREIGN: readonly (readonly [label: string, sign: Sign])[] = [
  ["Cohere's Chat API", typed(/^(?:message|content|tool-call|tool-plan|citation)-(?:start|delta|end)$/)],
  ["Cohere's older Chat API", called('event_type', /^(?:stream|text|tool-calls|citation|search)-\w+/)],
  ["Google's Interactions API", called('event_type', /^(?:interaction|content|step)\.\w+/)],
  [REALTIME, isRealtime],
  ["OpenAI's Assistants API", called('object', /^thread\.(?:run|message)/)],
  [
    "the AI SDK's stream for its own clients",
    typed(
      /^(?:text|reasoning|tool-input)-(?:start|delta|end)$|^(?:start|finish)-step$|^tool-(?:input|output)-available$/,
    ),
  ],
  ['AG-UI', typed(/^(?:RUN|STEP)_(?:STARTED|FINISHED|ERROR)$|^(?:TEXT_MESSAGE|TOOL_CALL)_(?:START|CONTENT|ARGS|END)$/)],
  ['a protocol over JSON-RPC, as MCP and A2A are', called('jsonrpc', /^2\.0$/)],
  ["Bedrock's Converse API", (json, { name }) => CONVERSE.some((one) => one === name || objectOf(json[one]))],
  ['the Titan models', (json) => isText(json['outputText'])],
  ['the Llama models', (json) => isText(json['generation'])],
  [
    'the Mistral models on Bedrock',
    (json) => Array.isArray(json['outputs']) && isText(objectOf(json['outputs'][0])?.['text']),
  ],
  [
    "Anthropic's older Text Completions API",
    (json, { type }) => isText(json['completion']) && (type === 'completion' || 'stop_reason' in json),
  ],
  ["Ollama's generate API", (json) => isText(json['response']) && typeof json['done'] === 'boolean'],
  [
    "Cloudflare's Workers AI",
    (json) => 'response' in json && !objectOf(json['response']) && ('p' in json || objectOf(json['usage']) !== null),
  ],
  ["TGI's generate API", (json) => isText(objectOf(json['token'])?.['text'])],
  ["llama.cpp's completion API", (json) => isText(json['content']) && typeof json['stop'] === 'boolean'],
  ["DashScope's own API", (json) => objectOf(json['output']) !== null && 'request_id' in json],
  ["watsonx's text generation API", (json) => Array.isArray(json['results']) && 'model_id' in json],
  ["Baidu's older ERNIE API", (json) => isText(json['result']) && 'sentence_id' in json],
  ["iFlytek's Spark API", (json) => numberOf(objectOf(json['header'])?.['status']) !== null && 'payload' in json],
  ['Dify', (json) => isText(json['event']) && ('conversation_id' in json || 'task_id' in json || 'message_id' in json)],
  ['Coze', (_json, { name }) => /^conversation\.(?:message|chat)\.\w+$/.test(name)],
  ["ChatGPT's web site", (json) => 'v' in json && ('o' in json || 'p' in json)],
];
const CONVERSE = ['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop'] as const;

/** Whose an event is that no provider knows, as sentences call it; null where nobody can tell. */
export function foreignOf(facts: FrameFacts): string | null {
  const { json } = facts;
  return json === null ? null : (FOREIGN.find(([, sign]) => sign(json, facts))?.[0] ?? null);
}
