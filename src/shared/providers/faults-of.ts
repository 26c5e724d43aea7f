/** Finds the faults of the framing in a provider's bodies, with what the providers know of their events. */
import { FaultFinder, type StreamKnowledge, type Stranger } from '../framing/faults.ts';
import { OTHER_API, type Api } from '../model/stream.ts';
import { factsOf } from './detect.ts';
import { foreignOf } from './foreign.ts';
import type { FrameFacts, ProviderDefinition } from './provider.ts';
import { providerOf, PROVIDERS } from './registry.ts';
import { ownerOf, wrappedEvent } from './wrapped.ts';

/** A fresh finder for one body. */
export function faultFinderOf(api: Api): FaultFinder {
  return new FaultFinder(knowledgeOf(providerOf(api)));
}

function knowledgeOf(own: ProviderDefinition): StreamKnowledge {
  const others = [...PROVIDERS.values()].filter(({ id, detect }) => id !== own.id && detect !== own.detect);
  return {
    label: own.label,
    terminator: own.terminator,
    ends: (event) => own.ends?.(factsOf(event)) ?? false,
    decoded: own.id !== OTHER_API,
    stranger: (frame) => strangerIn(factsOf(frame), own, others),
  };
}

function strangerIn(
  facts: FrameFacts,
  own: ProviderDefinition,
  others: readonly ProviderDefinition[],
): Stranger | null {
  if (own.detect(facts) || !facts.json) return null;
  const other = ownerOf(facts, others);
  if (other) return { kind: 'other', label: other.label };
  const foreign = foreignOf(facts);
  // DashScope holds a choice of Chat Completions, and is no wrapper of one.
  if (foreign !== null && own.framing !== 'json-lines') return { kind: 'foreign', label: foreign };
  const wrapped = wrappedEvent(facts.json, [own, ...others]);
  return wrapped && { kind: 'wrapped', label: wrapped.provider.label, under: wrapped.under };
}
