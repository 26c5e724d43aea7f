/** The agent server's older adapter: what people read is in the arguments of a tool, and thoughts may be too. */
import type { LaneDefinition } from '../../model/lane.ts';
import { AgentServerLane, interfaceOf, readsApi } from '../agent-server/adapter-lane.ts';
import { MESSAGE_KEY, MESSAGE_TOOL, THOUGHTS_KEY } from '../agent-server/names.ts';
import { LegacyAnthropic } from './anthropic.ts';
import { LegacyOpenAiChat } from './openai-chat.ts';

const PROFILE = {
  id: 'legacy',
  contentField: 'reasoning_content',
  traceField: 'reasoning',
  interfaces: { anthropic: LegacyAnthropic, openAiChat: LegacyOpenAiChat },
} as const;

export const LEGACY: LaneDefinition = {
  id: PROFILE.id,
  label: 'Legacy',
  description: 'The agent server’s adapter that sends messages to people through a tool call.',
  supports: readsApi,
  contentField: PROFILE.contentField,
  create: (setup) => new AgentServerLane(PROFILE, setup),
  options: ['use_assistant_message', 'put_inner_thoughts_in_kwarg', 'requires_approval_tools'],
  expects: {
    // The thoughts are meant to be in the arguments, and text is what the model said before.
    textAsReasoning: ({ api, options }) => interfaceOf(api) === 'anthropic' && options.put_inner_thoughts_in_kwarg,
    reasoningArgument: THOUGHTS_KEY,
    answerTool: ({ options }) => (options.use_assistant_message ? { tool: MESSAGE_TOOL, argument: MESSAGE_KEY } : null),
  },
};
