/** The lanes by name. A lane is its files and one line here. */
import type { LaneId } from '../model/messages.ts';
import type { Lane, LaneSetup } from '../model/lane.ts';
import { LegacyAnthropic } from '../adapters/legacy/anthropic.ts';
import { LegacyOpenAiChat } from '../adapters/legacy/openai-chat.ts';
import { AgentServerLane } from '../adapters/agent-server/adapter-lane.ts';
import { SimpleAnthropic } from '../adapters/simple/anthropic.ts';
import { SimpleOpenAiChat } from '../adapters/simple/openai-chat.ts';
import { SimpleOpenAiResponses } from '../adapters/simple/openai-responses.ts';
import { createWireLane } from '../wire/wire-lane.ts';

const LANE_FACTORIES: Readonly<Record<LaneId, (setup: LaneSetup) => Lane>> = {
  wire: createWireLane,
  legacy: (setup) => new AgentServerLane('legacy', setup, { anthropic: LegacyAnthropic, openAiChat: LegacyOpenAiChat }),
  simple: (setup) =>
    new AgentServerLane('simple', setup, {
      anthropic: SimpleAnthropic,
      openAiChat: SimpleOpenAiChat,
      openAiResponses: SimpleOpenAiResponses,
    }),
};

/** A fresh lane over one stream. Never throws: a request that the adapter refuses is an outcome. */
export function createLane(id: LaneId, setup: LaneSetup): Lane {
  return LANE_FACTORIES[id](setup);
}
