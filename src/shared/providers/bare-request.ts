/** The request of a stream whose request nobody knows: only what tells the APIs apart, since adapters read it for that. */
import type { Api } from '../model/stream.ts';

export const bareRequest = (api: Api): Readonly<Record<string, unknown>> =>
  api === 'responses' ? { input: [] } : { messages: [] };
