/**
 * What a run sends, made of what was written: the body's text with the changes that are on, and the headers that these bring
 * along. Everything that is not as it was written is a change that is shown before it is sent, kept with the trace, and can be
 * switched off.
 */
import { objectOf } from '../../../shared/json/json-object.ts';
import type { RequestChange } from '../../../shared/model/request-change.ts';
import { mendedBaseUrl } from '../../../shared/providers/base-url.ts';
import { sentBody } from '../../../shared/providers/sent-body.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { ProviderChange, ProviderTransport, SendSetup, Written } from '../providers/transport.ts';

/** The JSON text of a request, or its fields. */
export type WrittenRequest = string | Readonly<Record<string, unknown>>;

export interface Plan {
  /** As it was written. */
  readonly text: string;
  readonly send: Pick<SendSetup, 'endpoint' | 'request' | 'body' | 'headers'>;
  /** All, the ones that are off among them, but for those of the headers that the sender adds. */
  readonly changes: readonly RequestChange[];
  /** Headers that they tell of, lower case. */
  readonly told: ReadonlySet<string>;
  readonly isOff: (id: string) => boolean;
}

const MENDED_ID = 'address.path';

/** `without`: ids of what is switched off. Throws a ServiceError for what is no JSON object, which no API takes and no field can be put into. */
export function planOf(
  { changes: changesOf = () => [] }: Pick<ProviderTransport, 'changes'>,
  endpoint: SendSetup['endpoint'],
  written: WrittenRequest,
  without: readonly string[] = [],
): Plan {
  const { text, request } = readWritten(written);
  const off = new Set(without);
  const isOff = (id: string): boolean => off.has(id);
  const given = changesOf({ request, isOff } satisfies Written);
  const mended = mendedBaseUrl(endpoint.baseUrl);
  const changes = [...given.map((change) => changeOf(change, isOff)), ...mendingOf(mended, isOff)];
  const on = given.filter(({ id, where, name }) => !isOff(id ?? `${where}.${name}`));
  const headers = headersOf(on);
  return {
    text,
    send: {
      endpoint: mended === null || isOff(MENDED_ID) ? endpoint : { ...endpoint, baseUrl: mended },
      request,
      body: sentBody(text, changes),
      headers: { 'content-type': 'application/json', ...headers },
    },
    changes,
    told: new Set(given.flatMap(({ headers: own = [] }) => own.map(([name]) => name))),
    isOff,
  };
}

function readWritten(written: WrittenRequest): { readonly text: string; readonly request: Written['request'] } {
  if (typeof written !== 'string') return { text: JSON.stringify(written), request: written };
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    throw new ServiceError(
      'request',
      `The request is no JSON: ${(error as Error).message}. Correct it and run it again.`,
    );
  }
  const request = objectOf(value);
  if (request === null)
    throw new ServiceError('request', 'The request is no JSON object. Write it in braces and run it again.');
  return { text: written, request };
}

function changeOf(
  { id, where, name, value, why, fixed }: ProviderChange,
  isOff: (id: string) => boolean,
): RequestChange {
  const own = id ?? `${where}.${name}`;
  return {
    id: own,
    where,
    name,
    value,
    why,
    ...(fixed && { fixed }),
    ...(isOff(own) && fixed !== true && { off: true }),
  };
}

function mendingOf(mended: string | null, isOff: (id: string) => boolean): readonly RequestChange[] {
  if (mended === null) return [];
  const why = 'The base URL ends in the path of an API, which would be in the address twice.';
  return [
    {
      id: MENDED_ID,
      where: 'address',
      name: 'base URL',
      value: mended,
      why,
      ...(isOff(MENDED_ID) && { off: true }),
    },
  ];
}

/** Values of one name are joined, each once. */
function headersOf(changes: readonly ProviderChange[]): Readonly<Record<string, string>> {
  const headers = new Map<string, Set<string>>();
  for (const [name, value] of changes.flatMap(({ headers: own = [] }) => own))
    headers.set(name, (headers.get(name) ?? new Set()).add(value));
  return Object.fromEntries([...headers].map(([name, values]) => [name, [...values].join(',')]));
}
