/** The APIs that the sample provider speaks. */
import type { Api } from '../../../../shared/model/stream.ts';
import { chatCompletions } from './chat-completions.ts';
import type { Format } from './format.ts';
import { messages } from './messages.ts';
import { responses } from './responses.ts';

export const FORMATS: Readonly<Record<Api, Format>> = { chat_completions: chatCompletions, responses, messages };
