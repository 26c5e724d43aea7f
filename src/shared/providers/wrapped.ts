/** Events that another object holds: programs that record streams wrap each, and so do gateways with an envelope of their own. */
import { objectOf, parseJson, stringOf, type JsonObject } from '../json/json-object.ts';
import type { FrameFacts, ProviderDefinition } from './provider.ts';

export interface WrappedEvent {
  readonly provider: ProviderDefinition;
  /** The member that holds it, as an object or as its JSON text. */
  readonly under: string;
  readonly facts: FrameFacts;
}

/** Who wraps an event puts little beside it. */
const MAX_MEMBERS = 12;

/** The provider whose event a JSON object is beyond doubt. */
export function ownerOf(facts: FrameFacts, among: Iterable<ProviderDefinition>): ProviderDefinition | undefined {
  for (const provider of among) {
    const sign = provider.detect(facts);
    if (sign && !sign.weak) return provider;
  }
  return undefined;
}

export const factsOfJson = (json: JsonObject): FrameFacts => ({
  name: '',
  data: '',
  json,
  type: stringOf(json['type']) ?? '',
});

/** Null where no member is an event of one of the providers. */
export function wrappedEvent(json: JsonObject, among: readonly ProviderDefinition[]): WrappedEvent | null {
  const members = Object.entries(json);
  if (members.length > MAX_MEMBERS) return null;
  for (const [under, member] of members) {
    const event = objectOf(typeof member === 'string' && member.startsWith('{') ? parseJson(member) : member);
    if (!event) continue;
    const facts = factsOfJson(event);
    const provider = ownerOf(facts, among);
    if (provider) return { provider, under, facts };
  }
  return null;
}
