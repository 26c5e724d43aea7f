/**
 * A stream kept as a fixture: its bytes with what legacy and simple made of them, as a vector file that
 * `tracelane vectors` runs. What a later version of an adapter makes otherwise is then a failure with its place.
 */
import { vectorResult, type VectorRun } from '../adapters/vector.ts';
import type { AdapterLane } from '../model/messages.ts';

const ADAPTER_LANES: readonly AdapterLane[] = ['legacy', 'simple'];

/** One line of JSON for each of the two adapters. `name`: what `tracelane vectors` calls them. */
export function fixtureFile(name: string, run: Omit<VectorRun, 'adapter'>, body: Uint8Array): string {
  const { api, endpoint, request, options } = run;
  const { put_inner_thoughts_in_kwarg, ...others } = options;
  return ADAPTER_LANES.map((adapter) => {
    const outcome = {
      options: [{ ...others, put_inner_thoughts_in_kwargs: put_inner_thoughts_in_kwarg }],
      expect: vectorResult({ ...run, adapter }, body, true),
    };
    return `${JSON.stringify({ name: `${name}/${adapter}`, api, adapter, wire: wireOf(body), endpoint, request, outcomes: [outcome] })}\n`;
  }).join('');
}

/** Text where the bytes are UTF-8, which people can read and change; else base64. */
function wireOf(body: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body) };
  } catch {
    return { base64: btoa(Array.from(body, (byte) => String.fromCharCode(byte)).join('')) };
  }
}
