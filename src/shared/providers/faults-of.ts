/** Finds the faults of the framing in a provider's bodies, with what the providers know of their events. */
import { FaultFinder, type FramingFaults, type StreamKnowledge, type Stranger } from '../framing/faults.ts';
import { objectOf, parseJson, stringOf } from '../json/json-object.ts';
import { OTHER_API, type Api, type Frame, type Framed } from '../model/stream.ts';
import { factsOf } from './detect.ts';
import type { FrameFacts, ProviderDefinition } from './provider.ts';
import { providerOf, PROVIDERS } from './registry.ts';

/** A fresh finder for one body. */
export function faultFinderOf(api: Api): FaultFinder {
  return new FaultFinder(knowledgeOf(providerOf(api)));
}

/** The faults of a whole body, of all that its framer gave. */
export function faultsOf(api: Api, framed: readonly Framed[]): FramingFaults {
  const finder = faultFinderOf(api);
  for (const one of framed) finder.take(one);
  return finder.end();
}

function knowledgeOf(own: ProviderDefinition): StreamKnowledge {
  const others = [...PROVIDERS.values()].filter(({ id, detect }) => id !== own.id && detect !== own.detect);
  return {
    label: own.label,
    terminator: own.terminator,
    ends: (event) => own.ends?.(factsOf(event)) ?? false,
    // Of an API that nobody knows all events are strangers.
    stranger: (frame) => (own.id === OTHER_API ? null : strangerIn(frame, own, others)),
  };
}

/** Members of a wrapper that may hold an event; who wraps puts little beside it. */
const MAX_MEMBERS = 12;

function strangerIn(frame: Frame, own: ProviderDefinition, others: readonly ProviderDefinition[]): Stranger | null {
  const facts = factsOf(frame);
  if (own.detect(facts) || !facts.json) return null;
  const other = beyondDoubt(facts, others);
  if (other) return { kind: 'other', label: other.label };
  return wrappedIn(facts, [own, ...others]);
}

const beyondDoubt = (facts: FrameFacts, among: readonly ProviderDefinition[]): ProviderDefinition | undefined =>
  among.find(({ detect }) => {
    const sign = detect(facts);
    return sign !== null && !sign.weak;
  });

/** A member that is an event, as an object or as its JSON text. */
function wrappedIn({ json }: FrameFacts, among: readonly ProviderDefinition[]): Stranger | null {
  const members = Object.entries(json!);
  if (members.length > MAX_MEMBERS) return null;
  for (const [under, member] of members) {
    const event = objectOf(typeof member === 'string' && member.startsWith('{') ? parseJson(member) : member);
    if (!event) continue;
    const facts: FrameFacts = { name: '', data: '', json: event, type: stringOf(event['type']) ?? '' };
    const found = beyondDoubt(facts, among);
    if (found) return { kind: 'wrapped', label: found.label, under };
  }
  return null;
}
