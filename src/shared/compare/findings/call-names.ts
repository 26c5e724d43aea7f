/** Tool calls as sentences name them: by their tool, and by which call of it they are. Ids are for programs. */
import type { ComparisonInput } from '../lane-reading.ts';

/** `get_time`; `get_time (call 2)`, counted over all calls of the wire, where the tool is called more than once. */
export function callName({ grid }: ComparisonInput, block: string): string {
  const calls = grid.rows.filter(({ kind, cells }) => kind === 'tool' && cells.wire.length > 0);
  const names = calls.map(({ cells }) => cells.wire[0]!.name);
  const at = calls.findIndex(({ id }) => id === block);
  const name = names[at];
  if (!name) return at < 0 ? 'a tool' : `call ${at + 1}, which has no name`;
  return names.filter((one) => one === name).length > 1 ? `${name} (call ${at + 1})` : name;
}
