/** What a gateway made of a stream: lost, invented, changed, merged and delayed, by meaning and not by protocol. */
import type { ComparisonInput } from '../compare/lane-reading.ts';
import type { Severity } from '../model/findings.ts';
import type { TraceDetail } from '../model/trace.ts';
import { codePoints } from '../text/code-points.ts';
import { durationText } from '../text/duration.ts';
import type { AlignedContent } from './aligned.ts';
import { counted } from '../text/count.ts';

export interface PairFinding {
  readonly kind: 'lost' | 'invented' | 'changed' | 'merged' | 'delayed';
  readonly severity: Severity;
  /** What it is of: a text, `finish`, `usage`, `model`, `call 1`, `ending`. */
  readonly of: string;
  readonly sentence: string;
  /** The first event of each side that shows it; null where it is not at an event. */
  readonly outerEvent: number | null;
  readonly innerEvent: number | null;
}

export interface PairedInputs {
  readonly outer: PairedInput;
  readonly inner: PairedInput;
  readonly contents: readonly AlignedContent[];
  readonly timed: boolean;
}

interface PairedInput {
  readonly detail: Pick<TraceDetail, 'ending' | 'model'>;
  readonly input: ComparisonInput;
}

/** The program's own clock is read to the millisecond, and a gateway that parses needs some. */
const DELAY_NS = 100e6;
/** So many arrivals at once are a buffer, not chance. */
const MANY_MERGED = 0.5;
const SHOWN_CHARS = 60;
const ORDER: readonly Severity[] = ['critical', 'major', 'minor', 'info'];
const WHOLE = 'complete';

export function findingsOf(pair: PairedInputs): readonly PairFinding[] {
  const findings = [
    ...endings(pair),
    ...pair.contents.flatMap((content) => textFindings(content)),
    ...calls(pair),
    ...finishes(pair),
    ...usages(pair),
    ...names(pair),
    ...pair.contents.flatMap((content) => (pair.timed ? pacing(content) : [])),
  ];
  return findings.toSorted((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
}

const finding = (
  kind: PairFinding['kind'],
  severity: Severity,
  of: string,
  sentence: string,
  at: { readonly outer?: number | null; readonly inner?: number | null } = {},
): PairFinding => ({ kind, severity, of, sentence, outerEvent: at.outer ?? null, innerEvent: at.inner ?? null });

function endings({ outer, inner }: PairedInputs): readonly PairFinding[] {
  const [client, provider] = [outer.detail.ending?.state, inner.detail.ending?.state];
  if (client === undefined || provider === undefined || client === provider) return [];
  if (client === WHOLE)
    return [
      finding(
        'invented',
        'critical',
        'ending',
        `The provider's stream ended as ${provider}, and the client was told that it was complete.`,
      ),
    ];
  if (provider === WHOLE)
    return [
      finding('lost', 'critical', 'ending', `The provider's stream was complete, and the client's ended as ${client}.`),
    ];
  return [
    finding('changed', 'minor', 'ending', `The provider's stream ended as ${provider}, the client's as ${client}.`),
  ];
}

function textFindings({ key, lost, invented, sameValue, lostAt, inventedAt }: AlignedContent): readonly PairFinding[] {
  const at = { outer: inventedAt, inner: lostAt };
  if (sameValue && (lost !== '' || invented !== ''))
    return [finding('changed', 'info', key, `The ${key} were written anew, as another text of the same value.`, at)];
  if (lost !== '' && invented !== '')
    return [
      finding(
        'changed',
        'major',
        key,
        `${charactersOf(lost)} of the ${key} became others: ${shown(lost)} became ${shown(invented)}.`,
        at,
      ),
    ];
  if (lost !== '')
    return [
      finding(
        'lost',
        'major',
        key,
        `${charactersOf(lost)} of the ${key} did not reach the client: ${shown(lost)}.`,
        at,
      ),
    ];
  if (invented !== '')
    return [
      finding(
        'invented',
        'major',
        key,
        `${charactersOf(invented)} of the ${key} came from no provider: ${shown(invented)}.`,
        at,
      ),
    ];
  return [];
}

const charactersOf = (text: string): string => counted(codePoints(text), 'character');

const shown = (text: string): string =>
  JSON.stringify(text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text);

function pacing({ key, delays, arrivals, merged }: AlignedContent): readonly PairFinding[] {
  const largest = delays.reduce((most, delay) => Math.max(most, delay), 0);
  const out: PairFinding[] = [];
  if (merged > 0)
    out.push(
      finding(
        'merged',
        merged >= arrivals * MANY_MERGED ? 'major' : 'info',
        key,
        `Of ${arrivals} arrivals of the ${key} ${merged} reached the client together with another.`,
      ),
    );
  if (largest >= DELAY_NS)
    out.push(
      finding(
        'delayed',
        'minor',
        key,
        `A piece of the ${key} was held for ${durationText(largest)} on its way through the gateway.`,
      ),
    );
  return out;
}

/** Names and ids of tool calls; their arguments are texts. */
function calls({ outer, inner }: PairedInputs): readonly PairFinding[] {
  const [client, provider] = [callsOf(outer.input), callsOf(inner.input)];
  return Array.from({ length: Math.max(client.length, provider.length) }, (_, i) => i).flatMap((i) => {
    const [got, sent, of] = [client[i], provider[i], `call ${i + 1}`];
    if (!got)
      return [
        finding('lost', 'critical', of, `The call of ${sent!.name ?? 'a tool'} did not reach the client.`, {
          inner: sent!.firstEvent,
        }),
      ];
    if (!sent)
      return [
        finding('invented', 'critical', of, `The call of ${got.name ?? 'a tool'} came from no provider.`, {
          outer: got.firstEvent,
        }),
      ];
    const at = { outer: got.firstEvent, inner: sent.firstEvent };
    return [
      ...(got.name === sent.name
        ? []
        : [
            finding(
              'changed',
              'critical',
              of,
              `The provider called ${sent.name ?? 'nothing'}, the client reads ${got.name ?? 'nothing'}.`,
              at,
            ),
          ]),
      ...(got.tool_call_id === sent.tool_call_id
        ? []
        : [
            finding(
              'changed',
              'info',
              of,
              `The call's id ${sent.tool_call_id ?? '(none)'} became ${got.tool_call_id ?? '(none)'}.`,
              at,
            ),
          ]),
    ];
  });
}

const callsOf = ({ wire }: ComparisonInput): ComparisonInput['wire']['blocks'] =>
  wire.blocks.filter(({ kind }) => kind === 'tool');

function finishes({ outer, inner }: PairedInputs): readonly PairFinding[] {
  const [got, sent] = [outer.input.wire.finish[0], inner.input.wire.finish[0]];
  if (!got && !sent) return [];
  if (!got)
    return [
      finding('lost', 'major', 'finish', `The finish reason ${sent!.raw ?? sent!.unified} did not reach the client.`),
    ];
  if (!sent)
    return [
      finding(
        'invented',
        'critical',
        'finish',
        `The provider gave no finish reason, and the client was told ${got.raw ?? got.unified}.`,
      ),
    ];
  if (got.unified === sent.unified) return [];
  return [
    finding(
      'changed',
      'major',
      'finish',
      `The finish reason ${sent.raw ?? sent.unified} became ${got.raw ?? got.unified}, which means something else.`,
    ),
  ];
}

const COUNTS = {
  input: 'input tokens',
  cachedInput: 'cached input tokens',
  output: 'output tokens',
  reasoning: 'reasoning tokens',
} as const;

function usages({ outer, inner }: PairedInputs): readonly PairFinding[] {
  const [got, sent] = [outer.input.wire.usage, inner.input.wire.usage];
  if (!got && !sent) return [];
  if (!got) return [finding('lost', 'minor', 'usage', 'The token counts did not reach the client.')];
  if (!sent)
    return [finding('invented', 'minor', 'usage', 'The provider gave no token counts, and the client was told some.')];
  return (Object.keys(COUNTS) as (keyof typeof COUNTS)[]).flatMap((name) => {
    const [client, provider] = [got[name] ?? null, sent[name] ?? null];
    if (client === provider) return [];
    if (client === null)
      return [finding('lost', 'minor', 'usage', `The count of ${provider} ${COUNTS[name]} did not reach the client.`)];
    if (provider === null)
      return client === 0
        ? []
        : [
            finding(
              'invented',
              'minor',
              'usage',
              `The provider gave no count of ${COUNTS[name]}, and the client was told ${client}.`,
            ),
          ];
    return [finding('changed', 'major', 'usage', `${provider} ${COUNTS[name]} became ${client}.`)];
  });
}

function names({ outer, inner }: PairedInputs): readonly PairFinding[] {
  const [got, sent] = [outer.input.wire.model, inner.input.wire.model];
  const changed = got !== null && sent !== null && got !== sent;
  const [client, provider] = [outer.input.wire.errors[0], inner.input.wire.errors[0]];
  return [
    ...(changed ? [finding('changed', 'info', 'model', `The model ${sent} is called ${got} to the client.`)] : []),
    ...(provider && !client
      ? [
          finding('lost', 'critical', 'error', `The provider's error did not reach the client: ${provider.message}`, {
            inner: provider.event,
          }),
        ]
      : []),
    ...(client && !provider
      ? [
          finding(
            'invented',
            'critical',
            'error',
            `The client got an error that came from no provider: ${client.message}`,
            { outer: client.event },
          ),
        ]
      : []),
  ];
}
