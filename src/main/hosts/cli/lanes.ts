/** `tracelane lanes FILE`: what each lane emits for a stored stream, one JSON message a line. */
import type { Command } from 'commander';
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import { BODY_START_BYTES, endingOfBody, type WholeBody } from '../../../shared/metrics/ending.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { AdapterMessage, LaneId, LaneMessage } from '../../../shared/model/messages.ts';
import type { LaneSetup } from '../../../shared/model/lane.ts';
import type { Framed } from '../../../shared/model/stream.ts';
import type { HttpHead } from '../../../shared/model/trace.ts';
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
      const { lines, remarks } = laneLines(body, flags);
      for (const sentence of remarks) console.error(printable(`${file}: ${sentence}`));
      for (const line of lines) process.stdout.write(`${printable(JSON.stringify(line))}\n`);
    });
}

export interface LaneLines {
  /** In order. */
  readonly lines: readonly unknown[];
  /** What is wrong with the framing, and how the stream ended where that was no proper end: as sentences. */
  readonly remarks: readonly string[];
}

/** Throws UsageError for flags that do not say what they should. */
export function laneLines(body: Uint8Array, flags: KnownFlags): LaneLines {
  const setup = setupOf(flags);
  const asked = flags.lanes?.split(',').map((id) => id.trim());
  // The wire runs in any case; it is printed where it was asked for.
  const lanes = lanesOf(flags).filter((id) => asked === undefined || asked.includes(id));
  const framed: Framed[] = [];
  const reading = new DecodePass({ ...setup, lanes, watch: (one) => framed.push(one) });
  const items: TraceItem[] = [
    ...reading.begin(),
    ...reading.feed({ n: 0, tNs: 0, offset: 0, bytes: body }),
    ...reading.end(0, (wire) => endingOfBody(setup.api, bodyOf(setup, flags.headInFile, body, framed), wire)),
  ];
  // One lane alone needs no name on each line.
  const named = (lane: LaneId): object => (lanes.length === 1 ? {} : { lane });
  const messages: unknown[] = [];
  const finals: unknown[] = [];
  for (const item of items) {
    if (item.k === 'message' && lanes.includes(item.emission.lane))
      messages.push({ ...named(item.emission.lane), ...printed(item.emission.message), event: item.emission.event });
    else if (item.k === 'outcome' && lanes.includes(item.result.lane))
      finals.push({ ...named(item.result.lane), final: item.result.outcome });
  }
  return { lines: [...messages, ...finals], remarks: remarksOn(setup, items, framed) };
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

function remarksOn({ api }: LaneSetup, items: readonly TraceItem[], framed: readonly Framed[]): readonly string[] {
  const ended = items.flatMap((item) => (item.k === 'ending' ? [item.ending] : []));
  const rules = ended.flatMap(({ state, rule }) => (state === 'complete' ? [] : [`${state}: ${rule}`]));
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
