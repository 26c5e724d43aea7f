/** Rules of several APIs on what each event says of itself and of its response, and on the event that begins an answer. */
import { blockStart, blockStop, chat, chatEnd, chatEndWith, chunk, message, textDelta } from '../example-bodies.ts';
import type { Examples, LintCheck, LintEvent, LintRule, LintSeverity } from '../rule.ts';

/** For events that are named twice: by the frame and in their data. */
export const NAME_AND_TYPE: LintRule = {
  id: 'name-and-type',
  strict: 'error',
  lenient: 'warning',
  help: "The event's name and the type in its data differ.",
  advice:
    'The SDKs of Anthropic and OpenAI go by the type, and by the name only for errors and pings; clients that listen by name read another stream. Report it to the server.',
  example: {
    api: 'messages',
    body: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)).body.replace(
      'event: content_block_delta',
      'event: message_delta',
    ),
  },
  counterexample: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)),
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      // Vertex AI names pings by itself.
      if (type === 'ping') return;
      if (data && typeof data['type'] === 'string' && frame.name !== '' && frame.name !== type)
        report(frame, `The event is named ${frame.name}, its data says ${type}.`, `${frame.name}/${type}`);
    },
  }),
};

/** For events whose data says their type beside the name. */
export const TYPE_MISSING: LintRule = {
  id: 'type-missing',
  strict: 'error',
  lenient: 'warning',
  help: 'The type of an event stands in its data as well as in its name. A gateway that writes events anew has left it out.',
  advice:
    "The SDKs go by the type, and drop or fail at an event without one. Add the event's name as its type, and report it to the server.",
  example: {
    api: 'messages',
    body: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)).body.replaceAll(
      /"type":"(?:message|content_block)_\w+",?/g,
      '',
    ),
  },
  counterexample: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)),
  check: () => ({
    settled: true,
    event({ frame, data }, report) {
      if (
        data &&
        frame.sse &&
        frame.name !== '' &&
        frame.name !== 'error' &&
        frame.name !== 'ping' &&
        !('type' in data) &&
        !('error' in data)
      )
        report(frame, `The event is named ${frame.name}, and its data has no type.`);
    },
  }),
};

/** For APIs that name the response and its model, in each event or in several. */
export const ID_CHANGES: LintRule = {
  id: 'id-changes',
  strict: 'warning',
  lenient: 'info',
  help: 'All events of a response have one id.',
  advice:
    'Clients that group events by the id take them for two answers, and the openai SDK ends a Responses stream with an error. Two answers may have been spliced; look at what changes with the id.',
  example: chat(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({ content: '!' }, { id: 'chatcmpl-2' }),
    ...chatEndWith({ id: 'chatcmpl-2' }),
  ),
  counterexample: chat(chunk({ role: 'assistant', content: 'Hi' }), chunk({ content: '!' }, { id: '' }), ...chatEnd()),
  check: () => steady('id'),
};

export const MODEL_CHANGES: LintRule = {
  id: 'model-changes',
  strict: 'warning',
  lenient: 'info',
  help: 'The model changes in mid-stream: a router or a fallback took over.',
  advice:
    'Clients that show or bill one model show the wrong one for a part of the answer. Ask the router which model wrote what.',
  example: chat(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({ content: '!' }, { model: 'n' }),
    ...chatEndWith({ model: 'n' }),
  ),
  counterexample: chat(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({ content: '!' }, { model: '' }),
    ...chatEnd(),
  ),
  check: () => steady('model'),
};

/** Reports when what the response says of itself is not what it said before. Empty words say nothing. */
function steady(field: 'id' | 'model'): LintCheck {
  let last: string | null = null;
  return {
    hears: ['response'],
    message(said, event, report) {
      if (said.message_type !== 'response') return;
      const value = said[field];
      if (value === null) return;
      if (last !== null && value !== last) report(event, `The ${field} changes from ${last} to ${value}.`);
      last = value;
    },
  };
}

/** For events that are named in a line before their data. `belongs`: whether an event of this type has a name. */
export const nameless = (
  id: string,
  [strict, lenient]: readonly [strict: LintSeverity, lenient: LintSeverity | null],
  belongs: (type: string) => boolean,
  advice: string,
  examples: Examples,
): LintRule => ({
  id,
  strict,
  lenient,
  help: 'Each event has a name, in an event line before its data, which is its type. Servers and proxies that write the data lines alone leave it out.',
  advice,
  ...examples,
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      if (data && frame.sse && frame.name === '' && belongs(type)) report(frame, `${type || 'The event'} has no name.`);
    },
  }),
});

/** `start`: the type of the event that begins the answer. `belongs`: whether an event needs it. */
export const beforeStart = (
  id: string,
  start: string,
  belongs: (type: string) => boolean,
  advice: string,
  examples: Examples,
): LintRule => ({
  id,
  strict: 'error',
  lenient: start === 'message_start' ? 'error' : 'warning',
  help: `The stream begins with ${start}, which says what all other events belong to.`,
  advice,
  ...examples,
  check: () => {
    let started = false;
    let first: LintEvent | null = null;
    let early = 0;
    return {
      event(event) {
        if (event.type === start) started = true;
        else if (!started && belongs(event.type)) {
          first ??= event;
          early++;
        }
      },
      end(_stream, report) {
        if (!first) return;
        const more = early > 1 ? `, and ${early - 1} more event${early > 2 ? 's' : ''}` : '';
        report(
          first.frame,
          started
            ? `${first.type}${more} come${early > 1 ? '' : 's'} before ${start}.`
            : `${first.type}${more} come${early > 1 ? '' : 's'} without any ${start} in the stream.`,
        );
      },
    };
  },
});

/** `start` and `stop`: the types of the events that begin and end an answer. */
export const secondStart = (
  id: string,
  start: string,
  stop: (type: string) => boolean,
  advice: string,
  examples: Examples,
): LintRule => ({
  id,
  strict: 'error',
  lenient: 'error',
  help: `A second ${start} comes while an answer goes on. A proxy spliced two answers, or sent the beginning again after a new try.`,
  advice,
  ...examples,
  check: () => {
    let open = false;
    return {
      settled: true,
      event({ frame, type }, report) {
        if (type === start && open) report(frame, `A second ${start} comes before the first answer is over.`);
        if (type === start) open = true;
        if (stop(type)) open = false;
      },
    };
  },
});

/** A check for a field that events of some types have: a server that leaves it out leaves it out everywhere. */
export const lacks = (field: string, lacking: (event: LintEvent) => boolean): LintCheck => ({
  settled: true,
  event(event, report) {
    if (!event.data || !lacking(event)) return;
    const given = event.data[field];
    const odd = given !== undefined && given !== null && given !== '';
    report(
      event.frame,
      odd ? `${event.type} has ${JSON.stringify(given)} as its ${field}.` : `${event.type} has no ${field}.`,
    );
  },
});
