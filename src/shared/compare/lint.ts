/**
 * Protocol lint: whether a provider's stream keeps to the protocol it claims to speak. Pure: what the framer gave of a
 * stream and what the wire lane made of it give remarks, each with the event and the bytes where it shows.
 */
import { isWireEmission, type BlockId, type Emission, type WireMessage, type WireOutcome } from '../model/messages.ts';
import type { Api, EventSummary, Frame, Framed } from '../model/stream.ts';
import type { Ending } from '../model/trace.ts';
import { areAlike } from '../lint/alike.ts';
import { ANY_API_RULES } from '../lint/any-api.ts';
import { providerOf, PROVIDERS } from '../providers/registry.ts';
import {
  bySeverity,
  isDone,
  lintEvent,
  type ByteRange,
  type LintCheck,
  type LintContext,
  type LintEvent,
  type LintExample,
  type LintProfile,
  type LintRemark,
  type LintRule,
  type LintSeverity,
  type LintStream,
  type Report,
} from '../lint/rule.ts';
import { eventAt, messageText } from './lane-reading.ts';

export interface LintInput {
  readonly api: Api;
  /** What the framer gave. No frame is held but the last. */
  readonly framed: Iterable<Framed>;
  /** One of its frames once more, by its number. */
  readonly frameAt: (event: number) => Frame | undefined;
  /** The places of the frames. */
  readonly events: readonly EventPlace[];
  /** What is wrong with the framing. */
  readonly faults: LintContext['faults'];
  /** What the wire lane made of it. */
  readonly emissions: readonly Emission[];
  readonly outcome: WireOutcome;
  /** How it ended; null where that is not known. */
  readonly ending: Ending | null;
}

type EventPlace = Pick<EventSummary, 'index' | 'start' | 'end'>;

/** Different remarks of one rule; what comes after them is counted. */
const MAX_REMARKS_PER_RULE = 5;

/** The rules of an API: those of any, and its own. */
export const rulesOf = (api: Api): readonly LintRule[] => [...ANY_API_RULES, ...providerOf(api).rules];

/** The API of an example's body. */
export const exampleApi = ({ api }: LintExample): Api => api ?? PROVIDERS.keys().next().value!;

/** Remarks, the worst first, then in the order of the stream, those on the stream as a whole last. Linear in the events. */
export function lint(
  { api, framed, frameAt, events, faults, emissions, outcome, ending }: LintInput,
  profile: LintProfile = 'strict',
  known: Partial<Pick<LintContext, 'offered'>> = {},
  rules: readonly LintRule[] = rulesOf(api),
): readonly LintRemark[] {
  const context: LintContext = {
    offered: known.offered,
    ending,
    faults,
    terminator: providerOf(api).terminator,
  };
  const running = rules.flatMap((rule) => {
    const severity = rule[profile];
    return severity === null ? [] : [new RunningRule(rule, severity, events, context)];
  });
  const wire = emissions.filter(isWireEmission);
  const listening = new Map<WireMessage['message_type'], readonly Listener<'message'>[]>();
  const listenersTo = (type: WireMessage['message_type']): readonly Listener<'message'>[] => {
    let listeners = listening.get(type);
    if (!listeners) {
      listeners = listenersFor(
        running.filter(({ check: { hears } }) => hears?.includes(type) ?? true),
        'message',
      );
      listening.set(type, listeners);
    }
    return listeners;
  };
  let next = 0;
  const messagesUpTo = (index: number): void => {
    for (; next < wire.length && (wire[next]!.event ?? -1) <= index; next++) {
      const { message, event } = wire[next]!;
      for (const { take, report } of listenersTo(message.message_type)) take(message, event, report);
    }
  };
  const noting = listenersFor(running, 'note');
  let reading = new Reading(running);
  const seen = new Seen();
  for (const one of framed) {
    if (one.type === 'frame') {
      const event = lintEvent(one.frame);
      seen.take(event);
      reading.take(event);
      messagesUpTo(one.frame.index);
      if (isDone(one.frame.data)) reading = new Reading(running.filter(({ pastEnd }) => pastEnd));
    } else for (const { take, report } of noting) take(one, report);
  }
  messagesUpTo(Infinity);
  const stream = {
    outcome,
    hasDone: seen.hasDone,
    isOnlyDone: seen.isOnlyDone,
    last: seen.last,
    frameAt,
    eventAt: eventsOfBlocks(wire),
  };
  for (const rule of running) rule.check.end?.(stream, rule.report);
  return running.flatMap((rule) => rule.result()).toSorted(byWeight);
}

/** What the rules ask of the events as a whole. */
class Seen {
  last: LintEvent | null = null;
  hasDone = false;
  #hasOther = false;

  get isOnlyDone(): boolean {
    return this.last !== null && !this.#hasOther;
  }

  take(event: LintEvent): void {
    const { data, dispatches } = event.frame;
    const done = isDone(data);
    if (done) this.hasDone = true;
    if (!dispatches) return;
    this.last = event;
    if (!done) this.#hasOther = true;
  }
}

type Heard = 'event' | 'message' | 'note';

/** A part of a rule's check. Checks are objects of many shapes; looked up once, and not at each event, they cost a third less. */
interface Listener<H extends Heard> {
  readonly take: NonNullable<LintCheck[H]>;
  readonly report: Report;
}

const listenersFor = <H extends Heard>(rules: readonly RunningRule[], heard: H): readonly Listener<H>[] =>
  rules.flatMap(({ check, report }) => {
    const part = check[heard];
    return part ? [{ take: part, report }] : [];
  });

/** Shows events to rules. Those that look at structure alone are shown the first two that are alike, and the others if they spoke of the second. */
class Reading {
  readonly #all: readonly Listener<'event'>[];
  readonly #settled: readonly RunningRule[];
  readonly #others: readonly Listener<'event'>[];
  #before: LintEvent | null = null;
  /** Whether the rules on structure have nothing to say of events like the one before. */
  #silent = false;

  constructor(rules: readonly RunningRule[]) {
    this.#all = listenersFor(rules, 'event');
    this.#settled = rules.filter(({ check }) => check.settled);
    this.#others = listenersFor(
      rules.filter(({ check }) => !check.settled),
      'event',
    );
  }

  take(event: LintEvent): void {
    const alike = this.#before !== null && areAlike(this.#before, event);
    this.#before = event;
    if (alike && this.#silent) {
      for (const { take, report } of this.#others) take(event, report);
      return;
    }
    const reports = alike ? this.#reports() : 0;
    for (const { take, report } of this.#all) take(event, report);
    this.#silent = alike && this.#reports() === reports;
  }

  #reports(): number {
    return this.#settled.reduce((sum, { reports }) => sum + reports, 0);
  }
}

const byWeight = (a: LintRemark, b: LintRemark): number =>
  bySeverity(a, b) ||
  (a.bytes === null || b.bytes === null
    ? Number(a.bytes === null) - Number(b.bytes === null)
    : a.bytes[0] - b.bytes[0]);

/** Finds the event of a character of a block's text. What it looks in is made when it is first asked. */
function eventsOfBlocks(wire: readonly Emission<WireMessage>[]): LintStream['eventAt'] {
  let blocks: ReadonlyMap<BlockId, Ends> | undefined;
  return (block, offset) => {
    const own = (blocks ??= endsOfBlocks(wire)).get(block);
    return own ? eventAt(own, offset) : null;
  };
}

type Ends = Parameters<typeof eventAt>[0];

/** Of each block, where its text ends with each of its messages. */
function endsOfBlocks(wire: readonly Emission<WireMessage>[]): ReadonlyMap<BlockId, Ends> {
  const blocks = new Map<BlockId, { end: number; event: number | null }[]>();
  for (const { message, event } of wire) {
    if (!('block' in message)) continue;
    const entries = blocks.get(message.block) ?? [];
    entries.push({ end: (entries.at(-1)?.end ?? 0) + messageText(message).length, event });
    blocks.set(message.block, entries);
  }
  return new Map([...blocks].map(([block, entries]) => [block, { entries }]));
}

type At = EventPlace | ByteRange | null;

/** What was reported of one subject: the first, and how much more. */
interface Told {
  readonly at: At;
  readonly fact: string;
  count: number;
  /** How often by the fact itself. */
  readonly said: number;
  /** How many events it showed in, and the last of them. */
  events: number;
  last: number | null;
}

const eventOf = (at: At): number | null => (at && 'index' in at ? at.index : null);

class RunningRule {
  readonly check;
  readonly #rule: LintRule;
  readonly #severity: LintSeverity;
  readonly #events: readonly EventPlace[];
  readonly #told = new Map<string, Told>();
  #more = 0;
  #reports = 0;

  constructor(rule: LintRule, severity: LintSeverity, events: readonly EventPlace[], context: LintContext) {
    this.#rule = rule;
    this.#severity = severity;
    this.#events = events;
    this.check = rule.check(context);
  }

  get pastEnd(): boolean {
    return this.#rule.pastEnd === true;
  }

  get reports(): number {
    return this.#reports;
  }

  readonly report: Report = (given, fact, subject = '', said = 1) => {
    this.#reports++;
    const at = typeof given === 'number' ? (this.#events[given] ?? null) : given;
    const event = eventOf(at);
    const told = this.#told.get(subject);
    if (told) {
      told.count++;
      if (event !== null && event !== told.last) told.events++;
      told.last = event;
    } else if (this.#told.size === MAX_REMARKS_PER_RULE) this.#more++;
    else this.#told.set(subject, { at, fact, count: said, said, events: event === null ? 0 : 1, last: event });
  };

  result(): readonly LintRemark[] {
    const remarks = [...this.#told.values()].map((told) => this.#remark(told.at, told.count, withMore(told)));
    if (this.#more === 0) return remarks;
    return [
      ...remarks,
      this.#remark(null, this.#more, `${this.#rule.id} has ${this.#more} more remarks of this kind.`),
    ];
  }

  #remark(at: At, count: number, fact: string): LintRemark {
    const { id, advice } = this.#rule;
    return {
      rule: id,
      severity: this.#severity,
      event: eventOf(at),
      bytes: at && [at.start, at.end],
      count,
      fact,
      sentence: advice === undefined ? fact : `${fact} ${advice}`,
    };
  }
}

/** The fact with how often it shows: "… has no index (and 3 more events, the last is event 9)." */
function withMore({ fact, count, said, events, last }: Told): string {
  if (count === said) return fact;
  const more = count - 1;
  const what = events === count ? `${more} more event${more > 1 ? 's' : ''}` : `${more} more`;
  const where = last === null || events === 1 ? '' : `, ${more > 1 ? 'the last is ' : ''}event ${last}`;
  return `${fact.replace(/\.$/, '')} (and ${what}${where}).`;
}
