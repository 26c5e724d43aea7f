/** The agent server's newer adapter: text is the answer, and the arguments of tools are passed on as they come. */
import type { LaneDefinition } from '../../model/lane.ts';
import { AgentServerLane, readsApi } from '../agent-server/adapter-lane.ts';
import { SimpleAnthropic } from './anthropic.ts';
import { SimpleOpenAiChat } from './openai-chat.ts';
import { SimpleOpenAiResponses } from './openai-responses.ts';

const PROFILE = {
  id: 'simple',
  contentField: 'content',
  traceField: 'content',
  interfaces: {
    anthropic: SimpleAnthropic,
    openAiChat: SimpleOpenAiChat,
    openAiResponses: SimpleOpenAiResponses,
  },
} as const;

export const SIMPLE: LaneDefinition = {
  id: PROFILE.id,
  label: 'Simple',
  description: 'The agent server’s adapter that passes text and tool calls on as they come.',
  supports: readsApi,
  contentField: PROFILE.contentField,
  create: (setup) => new AgentServerLane(PROFILE, setup),
  options: ['requires_approval_tools'],
};
