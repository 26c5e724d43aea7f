/** Where the data of a frame lies in the body, as the lanes read it: by the framing, and out of its envelope if it came in one. */
import { FRAMINGS } from '../framing/registry.ts';
import { JsonPlaces } from '../json/json-places.ts';
import type { Api, Framing } from '../model/stream.ts';
import { PROVIDERS } from './registry.ts';

/** `bytes` are those of the whole frame, and `start` is the offset of the first of them in the body. */
export function framePlaces(api: Api, framing: Framing, bytes: Uint8Array, start: number): JsonPlaces {
  const places = JsonPlaces.ofPieces(bytes, start, FRAMINGS[framing].dataRanges(bytes, start));
  return PROVIDERS.get(api)?.unwrapPlaces?.(places) ?? places;
}
