/** What a trace is called until its user names it. */
import type { Api } from '../model/stream.ts';
import { objectOf, stringOf } from '../json/json-object.ts';
import { firstCodePoints } from '../text/code-points.ts';
import { providerOf } from './registry.ts';

/** As many as the header of a wide window has room for. */
const TITLE_CHARS = 120;

/**
 * The last user message of a request, on one line and cut to 120 characters; the model, then `Untitled`, when there is
 * none. Never throws for what is in the request.
 */
export function titleOf(api: Api, request: unknown, model: string | null = null): string {
  const text = providerOf(api).request.lastUserText(request)?.replaceAll(/\s+/g, ' ').trim();
  if (!text) return model || stringOf(objectOf(request)?.['model']) || 'Untitled';
  const cut = firstCodePoints(text, TITLE_CHARS);
  return cut.length < text.length ? `${firstCodePoints(text, TITLE_CHARS - 1).trimEnd()}…` : text;
}
