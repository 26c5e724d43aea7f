/**
 * What is called equal is equal, and what is not is said by every screen alike: over the recorded streams, the vectors and
 * random streams; and over a lane that loses nothing, of which one value is changed at a time.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/main/core/providers/sample/random.ts';
import { columnRows } from '../../../src/renderer/views/compare/column-rows.ts';
import { TraceModel } from '../../../src/renderer/stores/trace-model.ts';
import { sameArguments } from '../../../src/shared/compare/argument-text.ts';
import { cellFact } from '../../../src/shared/compare/cell-facts.ts';
import { cellStandings, differingCells, differingLanes, isEqual } from '../../../src/shared/compare/cell-standing.ts';
import { comparedLanes, type ComparisonInput } from '../../../src/shared/compare/lane-reading.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import type { CompareResult } from '../../../src/shared/compare/result.ts';
import { DecodePass } from '../../../src/shared/lanes/decode-pass.ts';
import { lanesReading } from '../../../src/shared/lanes/registry.ts';
import { differs, VERDICT_FIELDS, type VerdictField } from '../../../src/shared/model/findings.ts';
import type { LaneSetup } from '../../../src/shared/model/lane.ts';
import type { AdapterMessage, LaneId, LaneMessage } from '../../../src/shared/model/messages.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import type { Ending } from '../../../src/shared/model/trace.ts';
import { CORPUS, corpusFiles, testWith, VECTORS } from '../../support/corpus.ts';
import { EventGenerator } from '../../support/event-generator.ts';
import { allStreams, wireFixtures } from '../../support/fixtures.ts';
import { PERFECT, perfectValues, withValues, type LaneValues } from '../../support/perfect-lane.ts';
import { laneSetup } from '../../support/wire.ts';

const setupOf = (api: Api): LaneSetup => ({
  ...laneSetup(api),
  request: api === 'responses' ? { input: 'hi' } : { messages: [] },
});

/** The screens' models of one comparison, held to each other and to the values themselves. */
function hold(name: string, bytes: Uint8Array, setup: LaneSetup, ending?: Ending): CompareResult {
  const input = readAll(bytes, setup, ending && { ending });
  const result = compareLanes(input);
  const model = modelOf(bytes, setup, input.ending!);
  const ofNothing = result.findings.filter(({ sentence }) => /(?:leaves|dropped|altered|emits) 0 /.test(sentence));
  expect(ofNothing, `${name}: a finding counts what it is about`).toEqual([]);
  // Where a sentence begins with a name, the screens would write it with a capital.
  const names = input.wire.blocks.flatMap((block) => block.name ?? []);
  const renamed = result.findings.filter(({ sentence }) => names.some((one) => sentence.startsWith(`${one} `)));
  expect(renamed, `${name}: no sentence begins with the name of a tool`).toEqual([]);
  for (const lane of comparedLanes(input)) {
    const said = screensOf(result, lane, model);
    expect(said, `${name}, ${lane}: what the screens say`).toEqual({ ...said, ...agreement(result, lane) });
    for (const [field, sample] of Object.entries(valuesThatDiffer(input, lane)))
      if (sample !== null)
        expect(result.verdict[field as VerdictField][lane]!.equal, `${name}, ${lane}, ${field}: ${sample}`).toBe(false);
  }
  return result;
}

/** What each screen says of a lane, each from its own model. */
function screensOf(result: CompareResult, lane: LaneId, model: TraceModel) {
  const live = cellStandings(model.blocks.rows, lane, result, model.blocks.errorEvent(lane));
  const cells = result.rows.map(({ cells: { [lane]: cell } }) => cell!);
  const folded = columnRows(result.rows, new Set()).flatMap((entry) => (entry.type === 'fold' ? entry.rows : []));
  const rowOf = new Map(result.rows.map((row) => [row.id, row]));
  return {
    verdictEqual: VERDICT_FIELDS.every((field) => result.verdict[field][lane]!.equal),
    columnsEqual: cells.every(({ equal }) => equal),
    liveEqual: live.every(({ equal }) => equal),
    cardEqual: isEqual(result, lane),
    verdictDiffers: VERDICT_FIELDS.some((field) => differs(result.verdict[field][lane]!)),
    cardDiffers: differingLanes(result).includes(lane),
    liveCount: live.filter(differs).length,
    columnsCount: cells.filter(differs).length,
    foldedUnequal: folded.filter(({ cells: { [lane]: cell } }) => !cell!.equal).map(({ id }) => id),
    // Marks that are made while the stream runs never say less than the comparison does not take back.
    factsOfEqual: model.blocks.rows
      .filter((row) => cellFact(row, lane) !== null && rowOf.get(row.id)?.cells[lane]?.equal !== false)
      .map(({ id }) => id),
    unexplainedCells: result.rows.filter(
      (row) =>
        result.nothing === null &&
        !row.cells[lane]!.equal &&
        !row.findings.some((number) => result.findings[number - 1]!.lane === lane),
    ),
    unexplainedFields: VERDICT_FIELDS.filter(
      (field) =>
        result.nothing === null &&
        !result.verdict[field][lane]!.equal &&
        result.verdict[field][lane]!.findings.length === 0,
    ),
    findingsNowhere: result.findings.filter(
      (finding) => finding.lane === lane && !result.rows.some((row) => row.findings.includes(finding.number)),
    ),
    // What no message shows is marked where the columns say what is kept.
    keptNowhere: VERDICT_FIELDS.filter(
      (field) =>
        result.verdict[field][lane]!.text === 'emitted, not kept' &&
        !result.rows.some(({ kind, cells: { [lane]: cell } }) => kind === 'end' && cell!.marks.length > 0),
    ),
    equalByWord: VERDICT_FIELDS.filter(
      (field) => (result.verdict[field][lane]!.text === 'equal') !== result.verdict[field][lane]!.equal,
    ),
  };
}

function agreement(result: CompareResult, lane: LaneId): Partial<ReturnType<typeof screensOf>> {
  const count = differingCells(result.rows, lane);
  const equal = VERDICT_FIELDS.every((field) => result.verdict[field][lane]!.equal);
  return {
    columnsEqual: equal,
    liveEqual: equal,
    cardEqual: equal,
    verdictDiffers: count > 0,
    cardDiffers: count > 0,
    liveCount: count,
    columnsCount: count,
    foldedUnequal: [],
    factsOfEqual: [],
    unexplainedCells: [],
    unexplainedFields: [],
    findingsNowhere: [],
    keptNowhere: [],
    equalByWord: [],
  };
}

function modelOf(bytes: Uint8Array, setup: LaneSetup, ending: Ending): TraceModel {
  const pass = new DecodePass({ ...setup, lanes: lanesReading(setup.api) });
  const model = new TraceModel();
  model.apply(pass.begin());
  model.apply(pass.feed({ n: 0, tNs: 0, offset: 0, bytes }));
  model.apply(pass.end(0, () => ending));
  return model;
}

/** Read off messages and results without any of what is tested: for each field a value that differs, null where none does. */
function valuesThatDiffer(input: ComparisonInput, lane: LaneId): Partial<Record<VerdictField, string | null>> {
  const outcome = input.adapters[lane]!;
  const { wire } = input;
  const messages = (input.emissions[lane] ?? []).map(({ message }) => message as AdapterMessage);
  const said = (of: (message: LaneMessage) => string): string => messages.map(of).join('');
  const text = (message: LaneMessage): string =>
    message.message_type === 'assistant_message'
      ? typeof message.content === 'string'
        ? message.content
        : message.content.map((part) => part.text).join('')
      : '';
  const thought = (message: LaneMessage): string =>
    message.message_type === 'reasoning_message' ? message.reasoning : '';
  const all = (kinds: readonly string[]): string =>
    wire.blocks.map((block) => (kinds.includes(block.kind) ? block.text : '')).join('');
  // Blocks that run side by side come in another order than that in which they began.
  const letters = (value: string): string => [...value].toSorted().join('');
  const unlike = (what: string, a: string, b: string): string | null =>
    letters(a) === letters(b) ? null : `${what} ${JSON.stringify(a)} is not ${JSON.stringify(b)}`;
  const content = outcome.content ?? [];
  const keptText = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const calls = wire.blocks.filter(({ kind }) => kind === 'tool');
  const names = (of: readonly (string | null | undefined)[]): string =>
    [...new Set(of.filter(Boolean))].toSorted().join();
  const own = messages.flatMap((message) => ('tool_call' in message ? [message.tool_call] : []));
  const [call] = calls;
  const { tool_call } = outcome;
  const kept = (): string | null => {
    if (calls.length === 0) return tool_call && 'a call is kept';
    if (!call || calls.length > 1 || !tool_call) return 'not every call is kept';
    if (call.text !== '' && !sameArguments(call.text, tool_call.arguments)) return `arguments ${tool_call.arguments}`;
    return tool_call.name === call.name ? null : `name ${tool_call.name}`;
  };
  const refused = input.ending?.state === 'http-error';
  return {
    text:
      unlike('text', all(['text', 'refusal']), said(text)) ??
      (outcome.error === null ? unlike('kept text', all(['text', 'refusal']), keptText) : null),
    reasoning: unlike('reasoning', all(['reasoning']), said(thought)),
    'tool calls': unlike('names', names(calls.map(({ name }) => name)), names(own.map(({ name }) => name))) ?? kept(),
    usage:
      (wire.usage?.input ?? 0) !== outcome.usage.prompt_tokens ||
      (wire.usage?.output ?? 0) !== outcome.usage.completion_tokens
        ? 'counts'
        : null,
    finish: wire.finish.length > 0 ? 'the reason' : null,
    ending:
      !refused &&
      (input.ending?.state === 'complete') !== (outcome.finished && outcome.error === null) &&
      !outcome.error
        ? `${input.ending?.state}, and finished`
        : input.ending?.state === 'complete' && outcome.error
          ? outcome.error.message
          : null,
  };
}

describe('the screens agree with each other and with the values', () => {
  it('over our own streams', () => {
    const streams = wireFixtures();
    for (const { name, api, bytes } of streams) hold(name, bytes, setupOf(api));
    console.log(`${streams.length} streams of our own`);
  });

  it('over streams that no lane could read: an HTTP error, whatever its body, and connections that broke before a byte', () => {
    const refused = { state: 'http-error', rule: '' } as const;
    const streams = wireFixtures();
    const results = [
      ...streams.map(({ name, api, bytes }) => hold(`${name}, refused`, bytes, setupOf(api), refused)),
      ...[...new Set(streams.map(({ api }) => api))].flatMap((api) =>
        (['http-error', 'reset', 'stalled', 'cancelled'] as const).map((state) =>
          hold(`${api}, ${state}`, new Uint8Array(), setupOf(api), { state, rule: '' }),
        ),
      ),
    ];
    for (const { nothing, verdict, findings, lanes } of results) {
      expect(nothing).toBe('No stream came, so there is nothing to compare.');
      expect(findings).toEqual([]);
      for (const { id } of lanes.slice(1))
        expect(new Set(VERDICT_FIELDS.map((field) => verdict[field][id]!.text))).toEqual(new Set(['not compared']));
    }
  });

  testWith(CORPUS, 'over the recorded streams', () => {
    const streams = corpusFiles();
    for (const { name, api, bytes } of streams) hold(name, bytes, setupOf(api));
    console.log(`${streams.length} recorded streams`);
  });

  testWith(VECTORS, 'over the vectors, with their options', (folder) => {
    let count = 0;
    // Neighbours differ in little: every fifth is of all their kinds.
    for (const [at, [name, bytes, setup]] of [...vectors(folder)].entries()) {
      if (at % 5 > 0) continue;
      hold(name, bytes, setup);
      count++;
    }
    console.log(`${count} streams of the vectors`);
    expect(count).toBeGreaterThan(500);
  });

  it.each(['chat_completions', 'messages', 'responses'] as const)('over random streams of %s', (api) => {
    let count = 0;
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 30 }), fc.boolean(), fc.boolean(), (seed, events, a, b) => {
        const random = new Random(seed);
        const generator = new EventGenerator(api, random);
        const bytes = Buffer.concat(Array.from({ length: events }, () => generator.next()));
        const options = {
          use_assistant_message: a,
          put_inner_thoughts_in_kwarg: b,
          requires_approval_tools: random.chance(0.3) ? ['send_message'] : [],
        };
        hold(`seed ${seed}`, bytes, { ...setupOf(api), options });
        count++;
      }),
      { numRuns: 150 },
    );
    console.log(`${count} random streams of ${api}`);
  });
});

interface Vector {
  readonly name: string;
  readonly api: Api;
  readonly wire: { readonly text?: string; readonly base64?: string; readonly file?: string };
  readonly endpoint: LaneSetup['endpoint'];
  readonly request: unknown;
  readonly outcomes: readonly { readonly options: readonly Readonly<Record<string, unknown>>[] }[];
}

/** Each stream and its options once, for all lanes; those that are recorded are held above. */
function* vectors(folder: string): Generator<readonly [name: string, bytes: Uint8Array, setup: LaneSetup]> {
  const seen = new Set<string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl') && !name.startsWith('corpus'))) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)) {
      const { name, api, wire, endpoint, request, outcomes } = JSON.parse(line) as Vector;
      if (wire.file !== undefined) continue;
      const bytes = Buffer.from(wire.base64 ?? wire.text ?? '', wire.base64 === undefined ? 'utf8' : 'base64');
      for (const { options } of outcomes) {
        const given = options[0] ?? {};
        const key = JSON.stringify([api, wire, endpoint, request, given]);
        if (seen.has(key)) continue;
        seen.add(key);
        yield [
          name,
          bytes,
          {
            ...laneSetup(api),
            endpoint,
            request,
            options: {
              use_assistant_message: given['use_assistant_message'] === true,
              put_inner_thoughts_in_kwarg: given['put_inner_thoughts_in_kwargs'] === true,
              requires_approval_tools: (given['requires_approval_tools'] as string[] | null) ?? [],
            },
          },
        ];
      }
    }
  }
}

it('blanks count in arguments that are no JSON', () => {
  expect(sameArguments('*** Begin Patch\n+a b\n', '*** Begin Patch\n+a b')).toBe(false);
  expect(sameArguments('{"a": [1, 2]', '{"a":[1,2]')).toBe(true);
});

describe('a lane that loses nothing, of which one value is changed', () => {
  const readings = allStreams().map(({ name, api, bytes }) => ({ name, input: readAll(bytes, setupOf(api)) }));

  it('is not equal in the row of that value', () => {
    let count = 0;
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.constantFrom('other', '', '😀'), (which, where, marker) => {
        const { name, input } = readings[which % readings.length]!;
        const values = perfectValues(input);
        const leaves = leavesOf(values);
        const leaf = leaves[where % leaves.length]!;
        const changed = leaf.change(marker);
        if (changed === null || changed === values) return;
        const { verdict } = compareLanes(withValues(input, changed));
        expect(verdict[leaf.field][PERFECT], `${name}: ${leaf.path} changed`).toMatchObject({ equal: false });
        count++;
      }),
      { numRuns: 700 },
    );
    console.log(`${count} changed values`);
  });
});

interface Leaf {
  readonly path: string;
  readonly field: VerdictField;
  /** Null where the value would stay what it is. */
  readonly change: (marker: string) => LaneValues | null;
}

/** The values that the wire has a counterpart of. */
function leavesOf(values: LaneValues): readonly Leaf[] {
  const { emissions, outcome } = values;
  const leaves: Leaf[] = [];
  const add = (path: string, field: VerdictField, value: string, put: (value: string) => LaneValues): void =>
    void leaves.push({
      path,
      field,
      change: (marker) => (marker === '' && value === '' ? null : put(changed(value, marker))),
    });
  const figure = (name: 'prompt_tokens' | 'completion_tokens' | 'total_tokens'): void =>
    void leaves.push({
      path: name,
      field: 'usage',
      change: () => ({
        emissions,
        outcome: { ...outcome, usage: { ...outcome.usage, [name]: outcome.usage[name] + 1 } },
      }),
    });
  emissions.forEach((emission, at) => {
    const { message } = emission;
    const put = (fields: object): LaneValues => ({
      outcome,
      emissions: emissions.with(at, { ...emission, message: { ...message, ...fields } as AdapterMessage }),
    });
    const path = `message ${at}`;
    if (message.message_type === 'assistant_message' && typeof message.content === 'string')
      add(`${path} content`, 'text', message.content, (content) => put({ content }));
    if (message.message_type === 'reasoning_message') {
      add(`${path} reasoning`, 'reasoning', message.reasoning, (reasoning) => put({ reasoning }));
      if (message.signature)
        add(`${path} signature`, 'reasoning', message.signature, (signature) => put({ signature }));
    }
    if (message.message_type === 'tool_call_message') {
      const call = message.tool_call;
      if (call.name)
        // A name that is said again is not missed where it is left out once.
        add(`${path} name`, 'tool calls', call.name, (name) =>
          name === '' ? values : put({ tool_call: { ...call, name } }),
        );
      if (call.arguments)
        // Blanks between tokens may be left out: the JSON stays what it is.
        add(`${path} arguments`, 'tool calls', call.arguments, (args) =>
          args === '' && call.arguments?.trim() === '' ? values : put({ tool_call: { ...call, arguments: args } }),
        );
    }
  });
  const keep = (part: Partial<LaneValues['outcome']>): LaneValues => ({ emissions, outcome: { ...outcome, ...part } });
  outcome.content?.forEach((part, at) => {
    const put = (fields: object): LaneValues =>
      keep({ content: outcome.content!.with(at, { ...part, ...fields } as typeof part) });
    if (part.type === 'text') add(`content ${at}`, 'text', part.text, (text) => put({ text }));
    if (part.type === 'reasoning') add(`content ${at}`, 'reasoning', part.reasoning, (reasoning) => put({ reasoning }));
    if (part.type === 'redacted_reasoning') add(`content ${at}`, 'reasoning', part.data, (data) => put({ data }));
  });
  const kept = outcome.tool_call;
  if (kept)
    for (const key of ['id', 'name', 'arguments'] as const)
      add(`kept ${key}`, 'tool calls', kept[key], (value) => keep({ tool_call: { ...kept, [key]: value } }));
  for (const name of ['prompt_tokens', 'completion_tokens', 'total_tokens'] as const) figure(name);
  if (outcome.model !== null) add('model', 'other parts', outcome.model, (model) => keep({ model }));
  if (outcome.provider_message_id !== null)
    add('id', 'other parts', outcome.provider_message_id, (id) => keep({ provider_message_id: id }));
  leaves.push({
    path: 'error',
    field: 'ending',
    change: () =>
      keep({ error: outcome.error ? null : { stage: 'stream', message: 'gone', event: 0 }, finished: true }),
  });
  return leaves;
}

/** Another value, whatever the marker: nothing, or the value with it. */
const changed = (value: string, marker: string): string => (marker === '' ? '' : value + marker);
