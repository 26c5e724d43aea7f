/**
 * Protocol lint: whether a provider's stream keeps to the protocol it claims to speak. Pure: what the framer gave of a
 * stream and what the wire lane made of it give remarks, each with the event and the bytes where it shows.
 */
import type { WireOutcome } from '../model/messages.ts';
import type { Api, Frame, Framed } from '../model/stream.ts';
import { ANY_API_RULES } from '../lint/any-api.ts';
import { faultsOf } from '../providers/faults-of.ts';
import { providerOf } from '../providers/registry.ts';
import {
  lintEvent,
  type ByteRange,
  type LintContext,
  type LintProfile,
  type LintRemark,
  type LintRule,
} from '../lint/rule.ts';

/** Remarks of one rule; what comes after them is counted. A server that breaks a rule breaks it with every chunk. */
const MAX_REMARKS_PER_RULE = 20;

/** Remarks in the order of the stream, those on the stream as a whole last. Linear in the events. */
export function lint(
  api: Api,
  framed: readonly Framed[],
  outcome: WireOutcome,
  profile: LintProfile = 'strict',
  known: Partial<LintContext> = {},
): readonly LintRemark[] {
  const context: LintContext = {
    offered: known.offered,
    ending: known.ending ?? null,
    faults: known.faults ?? faultsOf(api, framed),
  };
  const frames = framed.flatMap((one) => (one.type === 'frame' ? [one.frame] : []));
  const running = [...ANY_API_RULES, ...providerOf(api).rules].flatMap((rule) => {
    const severity = rule[profile];
    return severity === null ? [] : [new RunningRule(rule, severity, frames, context)];
  });
  for (const one of framed) {
    if (one.type === 'frame') {
      const event = lintEvent(one.frame);
      for (const rule of running) rule.check.event?.(event, rule.report);
    } else for (const rule of running) rule.check.note?.(one, rule.report);
  }
  for (const rule of running) rule.check.end?.(outcome, rule.report);
  const remarks = running.flatMap((rule) => rule.result());
  return remarks.toSorted((a, b) => (a.bytes?.[0] ?? Infinity) - (b.bytes?.[0] ?? Infinity) || 0);
}

class RunningRule {
  readonly check;
  readonly #rule: LintRule;
  readonly #severity: LintRemark['severity'];
  readonly #remarks: LintRemark[] = [];
  #more = 0;

  readonly #frames: readonly Frame[];

  constructor(rule: LintRule, severity: LintRemark['severity'], frames: readonly Frame[], context: LintContext) {
    this.#rule = rule;
    this.#severity = severity;
    this.#frames = frames;
    this.check = rule.check(context);
  }

  readonly report = (at: Frame | ByteRange | number | null, sentence: string): void => {
    const place = typeof at === 'number' ? (this.#frames[at] ?? null) : at;
    if (this.#remarks.length === MAX_REMARKS_PER_RULE) {
      this.#more++;
      return;
    }
    this.#remarks.push(this.#remark(place, sentence));
  };

  result(): readonly LintRemark[] {
    if (this.#more === 0) return this.#remarks;
    return [...this.#remarks, this.#remark(null, `${this.#rule.id} shows ${this.#more} more times.`)];
  }

  #remark(place: Frame | ByteRange | null, sentence: string): LintRemark {
    return {
      rule: this.#rule.id,
      severity: this.#severity,
      event: place && 'index' in place ? place.index : null,
      bytes: place && [place.start, place.end],
      sentence,
    };
  }
}
