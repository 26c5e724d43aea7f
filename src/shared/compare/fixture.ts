/**
 * A stream kept as a fixture: its bytes with what its adapters made of them, as a vector file that
 * `tracelane vectors` runs. What a later version of an adapter makes otherwise is then a failure with its place.
 */
import { base64Of } from '../text/base64.ts';
import { vectorResult, type VectorRun } from '../lanes/vector.ts';
import { laneDefinition } from '../lanes/registry.ts';
import type { LaneId } from '../model/messages.ts';

/** One line of JSON for each of the lanes that is an adapter's. `name`: what `tracelane vectors` calls them. */
export function fixtureFile(
  name: string,
  run: Omit<VectorRun, 'adapter'>,
  body: Uint8Array,
  lanes: readonly LaneId[],
): string {
  const { api, endpoint, request, options } = run;
  const { put_inner_thoughts_in_kwarg, ...others } = options;
  const adapters = lanes.filter((id) => laneDefinition(id)?.contentField !== undefined);
  return adapters
    .map((adapter) => {
      const outcome = {
        options: [{ ...others, put_inner_thoughts_in_kwargs: put_inner_thoughts_in_kwarg }],
        expect: vectorResult({ ...run, adapter }, body, true),
      };
      return `${JSON.stringify({ name: `${name}/${adapter}`, api, adapter, wire: wireOf(body), endpoint, request, outcomes: [outcome] })}\n`;
    })
    .join('');
}

/** Text where the bytes are UTF-8, which people can read and change; else base64. */
function wireOf(body: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body) };
  } catch {
    return { base64: base64Of(body) };
  }
}
