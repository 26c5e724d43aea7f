/** The text of a request's body. */
import { objectOf } from '../../../shared/json/json-object.ts';
import type { RequestHead } from '../../../shared/model/trace.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { sentBody } from '../../../shared/providers/sent-body.ts';

/** A request's body to the character as it was sent, where that is known. */
export function sentText(api: string, request: unknown, head: RequestHead | undefined): string | undefined {
  if (request === undefined || request === null) return undefined;
  if (head?.written !== undefined) return sentBody(head.written, head.changes ?? []);
  const { model: _model, ...rest } = objectOf(request) ?? {};
  const sent = PROVIDERS.get(api)?.request.modelInUrl !== undefined && objectOf(request) ? rest : request;
  return JSON.stringify(sent);
}
