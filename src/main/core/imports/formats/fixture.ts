/** Our own fixtures and vectors: JSON lines of runs of adapters, each with the bytes that it read. */
import { z } from 'zod';
import { utf8, type ImportedExchange, type ImportFormat } from '../imported.ts';
import { jsonOf } from '../http-head.ts';

const runSchema = z.object({
  name: z.string(),
  adapter: z.string(),
  wire: z.union([
    z.object({ text: z.string() }).transform(({ text }) => utf8(text)),
    z.object({ base64: z.string() }).transform(({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64'))),
  ]),
  request: z.unknown().optional(),
});

const firstRun = (text: string): boolean =>
  /^\s*\{"name":/.test(text.slice(0, 64)) && /"adapter":"[^"]*","wire":\{"(?:text|base64)":/.test(text.slice(0, 2048));

export const fixture: ImportFormat = {
  id: 'fixture',
  label: 'a fixture of Tracelane',
  recognizes: ({ text }) => firstRun(text),
  read: ({ text }) => {
    const found = new Map<string, ImportedExchange>();
    for (const line of text.split('\n')) {
      const run = runSchema.safeParse(jsonOf(line));
      if (!run.success) continue;
      const { wire, request } = run.data;
      // Each adapter has its line, over the same bytes.
      const same = Buffer.from(wire).toString('base64');
      if (!found.has(same))
        found.set(same, {
          reads: [{ tNs: 0, bytes: wire }],
          timed: false,
          ...(request !== undefined && { request: { body: request } }),
        });
    }
    return [...found.values()];
  },
};
