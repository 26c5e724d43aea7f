/** Cassettes: what vcrpy, Ruby's VCR and go-vcr keep of exchanges for tests, in YAML or JSON. They know no times. */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { checkExchanges, ImportError, utf8, type ImportedExchange, type ImportFormat } from '../imported.ts';
import { jsonOf } from '../http-head.ts';

/** Header values are a text, or a list of them. */
const headers = z
  .record(z.string(), z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]))
  .nullish()
  .transform((given) =>
    Object.entries(given ?? {}).flatMap(([name, values]) =>
      [values].flat().map((value) => [name, String(value)] as const),
    ),
  )
  .catch([]);

/** Text, bytes, or an object that says how it is encoded: `string` is vcrpy's and VCR's, `base64_string` VCR's. */
const body = z
  .union([
    z.string().transform(utf8),
    z.instanceof(Uint8Array),
    z
      .object({ base64_string: z.string() })
      .transform((one) => new Uint8Array(Buffer.from(one.base64_string, 'base64'))),
    z
      .object({ string: z.union([z.string().transform(utf8), z.instanceof(Uint8Array)]).nullable() })
      .transform((one) => one.string),
  ])
  .nullish()
  .catch(undefined);

const status = z.union([
  z.object({ code: z.coerce.number(), message: z.string().nullish() }),
  z.string().transform((text) => ({ code: Number.parseInt(text, 10), message: text.replace(/^\d+ ?/, '') })),
  z.number().transform((code) => ({ code, message: '' })),
]);

const interactionSchema = z.object({
  request: z.object({
    method: z.string().catch('GET'),
    uri: z.string().optional(),
    url: z.string().optional(),
    headers,
    body,
  }),
  response: z.object({
    status: status.optional(),
    /** Where `status` is none: vcrpy's stub of httpx, go-vcr. */
    status_code: z.number().optional(),
    code: z.number().optional(),
    headers,
    body,
    content: body,
  }),
  recorded_at: z.string().optional(),
});

const cassetteSchema = z.union([
  z.object({ interactions: z.array(z.unknown()) }).transform((one) => one.interactions),
  z.object({ http_interactions: z.array(z.unknown()) }).transform((one) => one.http_interactions),
]);

/** Before the list stand no more than short members, such as the version of the format. */
const YAML_START = /^\s*(?:---[^\n]*\n\s*)?(?:(?:#|[\w-]+:)[^\n]*\n\s*)*?(?:http_)?interactions:/;
const JSON_START =
  /^\s*\{(?:\s*"\w+"\s*:\s*(?:"[^"]*"|[\d.]+|\{\s*\}|null|true|false)\s*,)*\s*"(?:http_)?interactions"\s*:/;

export const cassette: ImportFormat = {
  id: 'cassette',
  label: 'a cassette of recorded exchanges (VCR)',
  recognizes: ({ text }) => YAML_START.test(text.slice(0, 4096)) || JSON_START.test(text.slice(0, 4096)),
  read: ({ text }) => {
    const found = cassetteSchema.safeParse(
      JSON_START.test(text.slice(0, 4096)) ? (jsonOf(text) ?? damaged('')) : yamlOf(text),
    );
    if (!found.success) return [];
    checkExchanges(found.data.length);
    return found.data.flatMap(exchangeOf);
  },
};

/** `why`: a sentence with a space before it. */
function damaged(why: string): never {
  throw new ImportError('damaged', `The cassette is not whole.${why} Record it again.`);
}

function yamlOf(text: string): unknown {
  // The library takes its time, and all interactions are items of a list at the start of a line.
  checkExchanges(text.match(/^- /gm)?.length ?? 0);
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) damaged(` ${error.message.split('\n')[0]!}`);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    // The library's way to refuse aliases of what is not there, or that unfold to more than the file could hold.
    if (thrown instanceof ReferenceError) damaged(` ${thrown.message}.`);
    throw thrown;
  }
}

function exchangeOf(value: unknown): readonly ImportedExchange[] {
  const interaction = interactionSchema.safeParse(value);
  if (!interaction.success) return [];
  const { request, response, recorded_at } = interaction.data;
  const bytes = response.body ?? response.content ?? new Uint8Array(0);
  const startedAt = Date.parse(recorded_at ?? '');
  return [
    {
      reads: [{ tNs: 0, bytes }],
      timed: false,
      request: {
        head: { method: request.method, url: request.uri ?? request.url ?? '', headers: request.headers },
        body: jsonOf(request.body ? new TextDecoder().decode(request.body) : undefined),
      },
      response: {
        status: response.status?.code ?? response.status_code ?? response.code ?? 0,
        statusText: response.status?.message ?? '',
        headers: response.headers,
        tNs: 0,
      },
      ...(Number.isFinite(startedAt) && { startedAt }),
    },
  ];
}
