/** Token counts: the adapter's totals against what the provider said last. */
import { numberOf, objectOf, type JsonObject } from '../../json/json-object.ts';
import type { LaneId } from '../../model/messages.ts';
import type { UsageFacts } from '../../providers/provider.ts';
import { providerOf } from '../../providers/registry.ts';
import { KEPT_ROW } from '../equality.ts';
import type { ComparisonInput } from '../lane-reading.ts';
import { number } from '../say.ts';
import type { FindingDraft, FindingFamily } from './finding-kind.ts';

interface Side {
  readonly label: 'input' | 'output';
  readonly wire: number | null;
  readonly got: number;
  /** The counts as the provider's events had them, one for each. */
  readonly said: readonly number[];
}

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  const outcome = input.adapters[lane];
  // An error leaves the usage at zero: that is the error's finding.
  if (!outcome || outcome.error) return [];
  const { usage } = input.wire;
  const raw = (usage?.raw ?? []).map(objectOf).filter((value) => value !== null);
  const facts = providerOf(input.setup.api).usage;
  const cached = facts.inputLeavesOutCache ? (usage?.cachedInput ?? 0) + (usage?.cacheWrite ?? 0) : 0;
  const sides: Side[] = [
    {
      label: 'input',
      wire: usage?.input ?? null,
      got: outcome.usage.prompt_tokens,
      said: countsOf(raw, ['input_tokens', 'prompt_tokens']),
    },
    {
      label: 'output',
      wire: usage?.output ?? null,
      got: outcome.usage.completion_tokens,
      said: countsOf(raw, ['output_tokens', 'completion_tokens']),
    },
  ];
  const events = usageEvents(input);
  const found = sides.flatMap((side) => finding(side, side.label === 'input' ? cached : 0, lane, facts));
  const total = usage?.total ?? (usage?.input ?? 0) + (usage?.output ?? 0);
  const { total_tokens: got } = outcome.usage;
  if (found.length === 0 && total !== got)
    found.push({
      kind: 'usage-differs',
      severity: 'minor',
      expected: String(total),
      got: String(got),
      short: `total ${number(got)}`,
      sentence: `total tokens ${number(got)} in ${lane}, which adds up input and output, wire says ${number(total)}`,
    });
  return found.map((draft) => ({ ...draft, ...events }));
}

type Draft = Omit<FindingDraft, 'event' | 'lastEvent' | 'blocks'>;

function finding({ label, wire, got, said }: Side, cached: number, lane: LaneId, facts: UsageFacts): Draft[] {
  if (wire === null) {
    if (got === 0) return [];
    return [
      {
        kind: 'usage-estimated',
        severity: 'info',
        sentence: `${label} tokens ${number(got)} in ${lane}: counted by the adapter, the wire has none`,
        short: `${label} ${number(got)}, estimated`,
        got: String(got),
      },
    ];
  }
  if (got === wire) return [];
  const texts = { expected: String(wire), got: String(got), short: `${label} ${number(got)}` };
  if (cached > 0 && got + cached === wire)
    return [
      {
        ...texts,
        kind: 'usage-cached-missing',
        severity: 'minor',
        sentence: `${number(cached)} cached input tokens are missing from the totals of ${lane}: ${number(got)}, the wire says ${number(wire)}`,
      },
    ];
  if (got === 0)
    return [
      {
        ...texts,
        kind: 'usage-missing',
        severity: 'minor',
        sentence: `${label} tokens are missing in ${lane}, the wire says ${number(wire)}`,
      },
    ];
  const sum = said.reduce((total, value) => total + value, 0);
  if (said.length > 1 && sum === got) {
    return [
      {
        ...texts,
        kind: 'usage-counted-twice',
        severity: 'minor',
        sentence: `${label} tokens ${number(got)} in ${lane}, wire says ${number(wire)}: ${counted(said.length, facts)} (${said.map(number).join(' + ')})`,
      },
    ];
  }
  return [
    {
      ...texts,
      kind: 'usage-differs',
      severity: 'minor',
      sentence: `${label} tokens ${number(got)} in ${lane}, wire says ${number(wire)}`,
    },
  ];
}

const counted = (times: number, { firstCountIn = 'the first count' }: UsageFacts): string =>
  times > 2 ? `${times} counts are added up` : `${firstCountIn} counted twice`;

function countsOf(raw: readonly JsonObject[], names: readonly string[]): number[] {
  return raw.flatMap((usage) => {
    const value = names.map((name) => numberOf(usage[name])).find((found) => found !== null);
    return value === undefined || value === null ? [] : [value];
  });
}

function usageEvents(input: ComparisonInput): Pick<FindingDraft, 'event' | 'lastEvent' | 'blocks' | 'rows'> {
  const said = input.emissions.wire.filter(({ message }) => message.message_type === 'usage');
  return { event: said[0]?.event ?? null, lastEvent: said.at(-1)?.event ?? null, blocks: [], rows: [KEPT_ROW] };
}

const field = 'usage';
export const USAGE: FindingFamily = {
  kinds: [
    {
      id: 'usage-differs',
      title: 'Usage differs',
      field,
      shape: null,
      help: 'The adapter reports other token counts than the provider. A second message_start or response replaces one count and adds to the other.\n\nUse the counts from the wire for billing.',
    },
    {
      id: 'usage-counted-twice',
      title: 'Usage counted more than once',
      field,
      shape: null,
      help: 'The provider’s counts are cumulative and the adapter adds them up: Anthropic’s message_start and message_delta, or usage in every chunk of a compatible server.\n\nUse the last count on the wire.',
    },
    {
      id: 'usage-missing',
      title: 'Usage missing',
      field,
      shape: null,
      help: 'The wire has token counts and the adapter reports zero, because it looks for them elsewhere.\n\nUse the counts from the wire.',
    },
    {
      id: 'usage-estimated',
      title: 'Usage estimated',
      field,
      shape: null,
      help: 'The provider sent no counts, so the adapter counted the request and its arguments itself, as it does for LM Studio.\n\nTreat the numbers as estimates; have the server send usage.',
    },
    {
      id: 'usage-cached-missing',
      title: 'Cached input not counted',
      field,
      shape: null,
      help: 'Anthropic’s input_tokens leave out what was read from or written to the cache, and the adapter reports them alone.\n\nAdd cache_read_input_tokens and cache_creation_input_tokens.',
    },
  ],
  find,
};
