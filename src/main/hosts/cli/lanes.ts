/** `tracelane lanes FILE`: what each lane emits for a stored stream, one JSON message a line. */
import type { Command } from 'commander';
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import { BODY_START_BYTES, endingOfBody, type WholeBody } from '../../../shared/metrics/ending.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { AdapterMessage, LaneId, LaneMessage } from '../../../shared/model/messages.ts';
import type { LaneSetup } from '../../../shared/model/lane.ts';
import type { Framed } from '../../../shared/model/stream.ts';
import type { Ending, HttpHead } from '../../../shared/model/trace.ts';
import { faultsOf } from '../../../shared/providers/faults-of.ts';
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

/** What is read between two lines that are printed, so that not all of them are in memory at once. */
const PIECE_BYTES = 64 * 1024;

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
  const framed: Framed[] = [];
  const pass = new DecodePass({ ...setup, lanes, watch: (one) => framed.push(one) });
  let ending: Ending | undefined;
  const take = (items: readonly TraceItem[]): void => {
    for (const item of items)
      if (item.k === 'message' && lanes.includes(item.emission.lane)) {
        const { lane, message, event } = item.emission;
        print({ ...named(lane), ...printed(message), event });
      } else if (item.k === 'outcome' && lanes.includes(item.result.lane))
        print({ ...named(item.result.lane), final: item.result.outcome });
      else if (item.k === 'ending') ending = item.ending;
  };
  take(pass.begin());
  for (let [n, offset] = [0, 0]; offset < body.length; n++, offset += PIECE_BYTES)
    take(pass.feed({ n, tNs: 0, offset, bytes: body.subarray(offset, offset + PIECE_BYTES) }));
  take(pass.end(0, (wire) => endingOfBody(setup.api, bodyOf(setup, flags.headInFile, body, framed), wire)));
  return remarksOn(setup, ending, framed);
}

const bodyOf = (
  { api, framing }: LaneSetup,
  head: HttpHead | undefined,
  body: Uint8Array,
  framed: readonly Framed[],
): WholeBody => ({
  head: head ?? null,
  framing,
  bytes: body.length,
  start: body.subarray(0, BODY_START_BYTES),
  framed,
  faults: faultsOf(api, framed),
});

function remarksOn({ api }: LaneSetup, ending: Ending | undefined, framed: readonly Framed[]): readonly string[] {
  const rules = ending === undefined || ending.state === 'complete' ? [] : [`${ending.state}: ${ending.rule}`];
  const faults = faultsOf(api, framed).all.map(({ sentence }) => sentence);
  return [...rules, ...faults.filter((sentence) => !rules.some((rule) => rule.includes(sentence)))];
}

/** Absent optional fields are null, but what is null in the call of a tool_call_message is left out (docs/adapters.md, 2). */
function printed(message: LaneMessage): object {
  if (message.message_type !== 'tool_call_message' || 'block' in message) return message;
  return {
    ...(message satisfies AdapterMessage),
    tool_call: Object.fromEntries(Object.entries(message.tool_call).filter(([, value]) => value !== null)),
  };
}
