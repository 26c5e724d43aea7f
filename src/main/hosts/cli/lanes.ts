/** `tracelane lanes FILE`: what each lane emits for a stored stream, one JSON message a line. */
import type { Command } from 'commander';
import type { FramingFaults } from '../../../shared/framing/faults.ts';
import { piecesOf } from '../../../shared/framing/pieces.ts';
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import { BODY_START_BYTES, countsAsEvent, endingOfBody, type TransportFacts } from '../../../shared/metrics/ending.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { AdapterMessage, LaneId, LaneMessage } from '../../../shared/model/messages.ts';
import type { Framed } from '../../../shared/model/stream.ts';
import type { Ending } from '../../../shared/model/trace.ts';
import { faultFinderOf } from '../../../shared/providers/faults-of.ts';
import { printable } from './terminal.ts';
import { addStreamFlags, lanesOf, readStream, setupOf, type KnownFlags, type StreamFlags } from './stream-file.ts';

export function addLanes(program: Command): void {
  addStreamFlags(program.command('lanes'))
    .description(
      'print what the lanes emit for a stream: one JSON message per line, then one {"final": …} line per lane',
    )
    .action((file: string, given: StreamFlags) => {
      const { body, flags, repaired } = readStream(file, given);
      for (const sentence of repaired) console.error(printable(`${file}: ${sentence}`));
      const print = (line: object): void => void process.stdout.write(`${printable(JSON.stringify(line))}\n`);
      for (const sentence of printLanes(body, flags, print)) console.error(printable(`${file}: ${sentence}`));
    });
}

/**
 * Prints the messages of the lanes in order, then their results. Returns, as sentences, what is wrong with the framing, and how the stream
 * ended where that was no proper end. Throws UsageError for flags that do not say what they should, before it prints.
 */
export function printLanes(body: Uint8Array, flags: KnownFlags, print: (line: object) => void): readonly string[] {
  const setup = setupOf(flags);
  const asked = flags.lanes?.split(',').map((id) => id.trim());
  // The wire runs in any case; it is printed where it was asked for.
  const lanes = lanesOf(flags).filter((id) => asked === undefined || asked.includes(id));
  // One lane alone needs no name on each line.
  const named = (lane: LaneId): object => (lanes.length === 1 ? {} : { lane });
  const faultFinder = faultFinderOf(setup.api);
  let events = 0;
  const watch = (one: Framed): void => {
    faultFinder.take(one);
    if (one.type === 'frame' && countsAsEvent(one.frame, setup.framing)) events++;
  };
  const pass = new DecodePass({ ...setup, lanes, watch });
  const decided: Decided = {};
  const take = (items: readonly TraceItem[]): void => {
    for (const item of items)
      if (item.k === 'message' && lanes.includes(item.emission.lane)) {
        const { lane, message, event } = item.emission;
        print({ ...named(lane), ...printed(message), event });
      } else if (item.k === 'outcome' && lanes.includes(item.result.lane))
        print({ ...named(item.result.lane), final: item.result.outcome });
      else if (item.k === 'ending') decided.ending = item.ending;
  };
  take(pass.begin());
  for (const piece of piecesOf(body)) take(pass.feed(piece));
  const facts = (unfinished: boolean): Omit<TransportFacts, 'end'> => ({
    framing: setup.framing,
    head: flags.headInFile ?? null,
    bytes: body.length,
    events,
    bodyStart: body.subarray(0, BODY_START_BYTES),
    unfinished,
    faults: (decided.faults = faultFinder.end()),
  });
  take(pass.end(0, (wire, unfinished) => endingOfBody(setup.api, facts(unfinished), wire)));
  return remarksOn(decided);
}

interface Decided {
  ending?: Ending;
  faults?: FramingFaults;
}

function remarksOn({ ending, faults }: Decided): readonly string[] {
  const rules = ending === undefined || ending.state === 'complete' ? [] : [`${ending.state}: ${ending.rule}`];
  const sentences = faults?.all.map(({ sentence }) => sentence) ?? [];
  return [...rules, ...sentences.filter((sentence) => !rules.some((rule) => rule.includes(sentence)))];
}

/** Absent optional fields are null, but what is null in the call of a tool_call_message is left out (docs/adapters.md, 2). */
function printed(message: LaneMessage): object {
  if (message.message_type !== 'tool_call_message' || 'block' in message) return message;
  return {
    ...(message satisfies AdapterMessage),
    tool_call: Object.fromEntries(Object.entries(message.tool_call).filter(([, value]) => value !== null)),
  };
}
