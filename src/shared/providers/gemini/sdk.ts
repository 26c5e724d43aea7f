/** Events as Google's SDK for Python prints and dumps them: members with underscores, and its own notes of the exchange beside them. */
import { objectOf, type JsonObject } from '../../json/json-object.ts';

/** What the SDK adds. */
const ADDED: ReadonlySet<string> = new Set([
  'sdk_http_response',
  'sdkHttpResponse',
  'parsed',
  'automatic_function_calling_history',
  'automaticFunctionCallingHistory',
]);
const SPELLED = [
  'sdk_http_response',
  'sdkHttpResponse',
  'usage_metadata',
  'model_version',
  'response_id',
  'finish_reason',
];
/** Objects whose members are of the program and not of the API. */
const OWN: ReadonlySet<string> = new Set(['args', 'response']);

/** Null where the event is spelled as the API spells it. */
export function asSent(event: JsonObject): JsonObject | null {
  const [candidate] = Array.isArray(event['candidates']) ? (event['candidates'] as readonly unknown[]) : [];
  const names = [...Object.keys(event), ...Object.keys(objectOf(candidate) ?? {})];
  return SPELLED.some((name) => names.includes(name)) ? spelled(event) : null;
}

const spelled = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) =>
      ADDED.has(name) ? [] : [[camel(name), OWN.has(name) ? value : within(value)] as const],
    ),
  );

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  const object = objectOf(value);
  return object === null ? value : spelled(object);
}

const camel = (name: string): string => name.replaceAll(/_([a-z0-9])/g, (_all, unit: string) => unit.toUpperCase());
