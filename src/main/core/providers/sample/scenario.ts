/** A sample as it is written down: what a model says, in order. The formats turn it into the events of an API. */
import { z } from 'zod';
import { adapterOptionsSchema } from '../../../../shared/model/trace.ts';

/** Paragraphs; a blank line stands between them. */
const paragraphs = z.array(z.string().min(1)).min(1);
/** How many tokens a delta carries: at least, at most. */
const deltaTokens = z.tuple([z.int().min(1), z.int().min(1)]);

const partSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('reasoning'), text: paragraphs }),
  z.strictObject({
    type: z.literal('text'),
    text: paragraphs,
    /** A result of the search before, by its place, and the words of it that bear the text out. */
    cites: z.strictObject({ result: z.int().min(0), text: z.string() }).optional(),
  }),
  z.strictObject({ type: z.literal('tool'), name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
  /** A web search that the provider runs itself. */
  z.strictObject({
    type: z.literal('search'),
    query: z.string(),
    results: z.array(z.strictObject({ title: z.string(), url: z.url(), page_age: z.string() })),
  }),
]);
export type Part = z.infer<typeof partSchema>;
export type PartOf<Type extends Part['type']> = Extract<Part, { readonly type: Type }>;

export const scenarioSchema = z.strictObject({
  title: z.string(),
  /** The six of the first screen carry 1 to 6. */
  number: z.int().min(1).max(6).optional(),
  /** The APIs over which the scenario makes sense; absent: all. */
  apis: z.array(z.string()).min(1).optional(),
  system: z.string().optional(),
  prompt: z.string(),
  tools: z
    .array(z.strictObject({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.unknown()) }))
    .default([]),
  /** Adapter options to read it with, where they are not the usual ones. */
  options: adapterOptionsSchema.partial().optional(),
  eventsPerSecond: z.number().positive().default(60),
  chat: z
    .strictObject({
      /** `openai` as OpenAI's own servers send it; `compatible` as other servers of the same API do. */
      server: z.enum(['openai', 'compatible']).default('openai'),
      repeatsToolNames: z.boolean().default(false),
      usageInEveryChunk: z.boolean().default(false),
      deltaTokens: deltaTokens.default([1, 1]),
    })
    .prefault({}),
  messages: z
    .strictObject({
      /** Tools of the provider's own, as the request names them. */
      serverTools: z.array(z.record(z.string(), z.unknown())).default([]),
      deltaTokens: deltaTokens.default([1, 6]),
    })
    .prefault({}),
  output: z.array(partSchema).min(1),
  /** `after`: how much of the events comes before it, from 0 to 1. Absent: the answer is whole. */
  ending: z.strictObject({ type: z.enum(['error', 'cut']), after: z.number().min(0).max(1) }).optional(),
});
export type Scenario = z.infer<typeof scenarioSchema> & { readonly model: string };

export const textOf = (part: { readonly text: readonly string[] }): string => part.text.join('\n\n');
