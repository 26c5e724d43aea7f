/** The APIs that the sample provider speaks. */
import type { Api } from '../../../shared/model/stream.ts';
import { chatCompletions } from './chat-completions/sample.ts';
import type { Format } from './sample-format.ts';
import { messages } from './messages/sample.ts';
import { responses } from './responses/sample.ts';

export const FORMATS: Readonly<Record<Api, Format>> = { chat_completions: chatCompletions, responses, messages };
