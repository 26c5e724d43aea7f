/** Which API an exchange is of, and how its body is cut: by its address and request, else by what is answered. */
import { framingOf } from '../../../../shared/framing/detect.ts';
import { OTHER_API, type Api, type Framing } from '../../../../shared/model/stream.ts';
import { apiOfUrl, detectApi } from '../../../../shared/providers/detect.ts';
import { providerOf } from '../../../../shared/providers/registry.ts';
import { asksForStream } from '../../../../shared/providers/request-of.ts';

export interface ToldApi {
  readonly api: Api;
  readonly framing: Framing;
}

/** Bytes of a body that say nothing of their API in so many never will. */
const LOOKED_AT = 16 * 1024;

/** By the address and the request alone; undefined where the answer must be waited for. */
export function apiOfRequest(url: string, body: unknown): ToldApi | undefined {
  const api = apiOfUrl(url);
  return api !== null && asksForStream(api, url, body) ? { api, framing: providerOf(api).framing } : undefined;
}

/**
 * By the first bytes of the body, without its encoding. Undefined when more of it may say more; `all`: there is no more, or it
 * is not waited for.
 */
export function apiOfAnswer(
  url: string,
  contentType: string | null,
  start: Uint8Array,
  all: boolean,
): ToldApi | undefined {
  const framing = framingOf(contentType, start) ?? 'bytes';
  const found = framing === 'bytes' ? null : detectApi(start);
  if (found && providerOf(found.api).framing === framing) return { api: found.api, framing };
  if (!all && start.length < LOOKED_AT) return undefined;
  return { api: apiOfUrl(url) ?? OTHER_API, framing };
}
