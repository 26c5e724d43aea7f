/** What a request offers its model to call. */
import { arrayOf, objectOf } from '../json/json-object.ts';
import type { Offered } from '../lint/rule.ts';
import type { Api } from '../model/stream.ts';
import { PROVIDERS } from './registry.ts';

/** The tools with a name that a request offers, each once. None for an API that this version does not know. */
export function offeredTools(api: Api, request: unknown): readonly Offered[] {
  const tools = new Map<string, Offered>();
  for (const { name, tool } of PROVIDERS.get(api)?.request.tools(request) ?? [])
    if (name && !tools.has(name)) tools.set(name, { name, required: requiredBy(tool) });
  return [...tools.values()];
}

export const toolNames = (api: Api, request: unknown): readonly string[] =>
  offeredTools(api, request).map(({ name }) => name);

/** What the schema of a tool requires, under the name that each API gives the schema. */
function requiredBy(tool: unknown): readonly string[] {
  const fields = objectOf(tool);
  const inner = objectOf(fields?.['function']) ?? fields;
  const schema = ['parameters', 'input_schema', 'parametersJsonSchema']
    .map((field) => objectOf(inner?.[field]))
    .find((found) => found !== null);
  return arrayOf(schema?.['required']).filter((name) => typeof name === 'string');
}
