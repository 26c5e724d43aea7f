/** Requests of InvokeModelWithResponseStream for Anthropic's models: those of Messages, but for the model in the path. */
import type { RequestFormat } from '../provider.ts';
import { request as messagesRequest } from '../messages/request.ts';

/** `…/model/anthropic.claude-sonnet-4-20250514-v1%3A0/invoke-with-response-stream` */
const MODEL = /\/model\/([^/?#]+)\/invoke(?:-with-response-stream)?(?:[?#]|$)/;

export const request: RequestFormat = {
  ...messagesRequest,
  streams: (url) => /\/invoke-with-response-stream(?:[?#]|$)/.test(url),
  modelInUrl: (url) => {
    const found = MODEL.exec(url)?.[1];
    return found === undefined ? null : decodeURIComponent(found);
  },
};
