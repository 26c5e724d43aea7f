/** The protocol lint of a reading, worked out once: the comparison shows it, and findings ask it what is wrong with the wire. */
import type { LintContext, LintRemark } from '../lint/rule.ts';
import { WIRE } from '../model/messages.ts';
import { offeredTools } from '../providers/tool-names.ts';
import type { ComparisonInput } from './lane-reading.ts';
import { objectOf } from '../json/json-object.ts';
import { lint } from './lint.ts';

const cache = new WeakMap<ComparisonInput, readonly LintRemark[]>();

/** By the strict profile. */
export function lintOf(input: ComparisonInput): readonly LintRemark[] {
  let remarks = cache.get(input);
  if (!remarks) {
    const { setup, framed, emissions, wire: outcome, ending } = input;
    remarks = lint({ api: setup.api, framed, emissions: emissions[WIRE], outcome, ending }, 'strict', offeredBy(input));
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
