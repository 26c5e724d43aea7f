/** A fourth lane, as an extension would add one: it says the answer's text in capitals, and passes on what else there is. */
import type { Lane, LaneDefinition, LaneSetup } from '../../../src/shared/model/lane.ts';
import type {
  AdapterMessage,
  AdapterResult,
  Emission,
  LaneMessage,
  WireMessage,
} from '../../../src/shared/model/messages.ts';
import type { Framed } from '../../../src/shared/model/stream.ts';
import { providerOf } from '../../../src/shared/providers/registry.ts';
import { createWireLane } from '../../../src/shared/wire/wire-lane.ts';

const ID = 'loud';

class LoudLane implements Lane {
  readonly id = ID;
  readonly #setup: LaneSetup;
  readonly #wire;
  #ordinal = 0;

  constructor(setup: LaneSetup) {
    this.#setup = setup;
    this.#wire = createWireLane(providerOf(setup.api).wire);
  }

  begin(): readonly Emission[] {
    return this.#loud(this.#wire.begin());
  }

  take(framed: Framed): readonly Emission[] {
    return this.#loud(this.#wire.take(framed));
  }

  end(): readonly Emission[] {
    return this.#loud(this.#wire.end());
  }

  outcome(): AdapterResult {
    const { usage } = this.#wire.outcome().outcome;
    const [prompt_tokens, completion_tokens] = [usage?.input ?? 0, usage?.output ?? 0];
    return {
      lane: ID,
      outcome: {
        error: null,
        finished: true,
        tool_call: null,
        reasoning_content: null,
        content: null,
        usage: { step_count: 1, prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
        message_id: this.#setup.messageId,
        provider_message_id: null,
        model: null,
        provider_trace: null,
      },
    };
  }

  #loud(emissions: readonly Emission<WireMessage>[]): readonly Emission[] {
    return emissions.flatMap(({ event, message }) => {
      const said = this.#said(message);
      return said === null ? [] : [{ lane: ID, ordinal: this.#ordinal++, event, message: said }];
    });
  }

  #said(message: WireMessage): LaneMessage | null {
    const head = { id: this.#setup.messageId, date: this.#setup.now(), otid: null };
    switch (message.message_type) {
      case 'assistant_message':
        return { ...head, message_type: 'assistant_message', content: message.content.toUpperCase() };
      case 'tool_call_message':
        return { ...head, message_type: 'tool_call_message', tool_call: message.tool_call } satisfies AdapterMessage;
      default:
        return null;
    }
  }
}

export const LOUD: LaneDefinition = {
  id: ID,
  label: 'Loud',
  description: 'Says the answer in capitals.',
  supports: () => true,
  create: (setup) => new LoudLane(setup),
  options: [],
};
