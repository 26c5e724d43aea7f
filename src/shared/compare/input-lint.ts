/** The protocol lint of a reading, worked out once: the comparison shows it, and findings ask it what is wrong with the wire. */
import type { LintContext, LintRemark } from '../lint/rule.ts';
import { WIRE } from '../model/messages.ts';
import type { Frame } from '../model/stream.ts';
import { offeredTools } from '../providers/tool-names.ts';
import type { ComparisonInput } from './lane-reading.ts';
import { objectOf } from '../json/json-object.ts';
import { lint } from './lint.ts';

const cache = new WeakMap<ComparisonInput, readonly LintRemark[]>();

/** By the strict profile. */
export function lintOf(input: ComparisonInput): readonly LintRemark[] {
  let remarks = cache.get(input);
  if (!remarks) {
    const { setup, body, faults, events, emissions, wire: outcome, ending } = input;
    const { api } = setup;
    const frameAt = (event: number): Frame | undefined => {
      const place = events[event];
      return place && body?.frameAt(place);
    };
    const framed = body?.framed() ?? [];
    const read = { api, framed, frameAt, events, faults, emissions: emissions[WIRE], outcome, ending };
    remarks = lint(read, 'strict', offeredBy(input));
    cache.set(input, remarks);
  }
  return remarks;
}

/** Bytes that came without their request offer nobody knows what; a request without tools offers none. */
function offeredBy({ setup }: ComparisonInput): Pick<LintContext, 'offered'> {
  const offered = offeredTools(setup.api, setup.request);
  const known = offered.length > 0 || Object.keys(objectOf(setup.request) ?? {}).length > 0;
  return { offered: known ? offered : undefined };
}
