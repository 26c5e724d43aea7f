/** The tools a trace knows: those of its request, and those that were called. Pure. */
import type { TraceModel } from '../../stores/trace-model.ts';

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** Names, each once: `tools[].name` of Anthropic and Responses, `tools[].function.name` of Chat Completions. */
export function toolsOf(request: unknown, { blocks }: Pick<TraceModel, 'blocks'>): readonly string[] {
  const { tools } = objectOf(request);
  const offered = Array.isArray(tools)
    ? tools.map((tool) => objectOf(tool)['name'] ?? objectOf(objectOf(tool)['function'])['name'])
    : [];
  const called = blocks.rows.flatMap(({ cells }) => cells.wire.map(({ name }) => name));
  return [
    ...new Set([...offered, ...called].filter((name): name is string => typeof name === 'string' && name !== '')),
  ];
}
