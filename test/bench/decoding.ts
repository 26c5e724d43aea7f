/** P1 to P5: from bytes to parsed events. */
import { Stream } from 'openai/core/streaming';
import { createFramer } from '../../src/shared/framing/registry.ts';
import { APIS, type Api } from '../support/apis.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import { ByteSplitter } from './floor.ts';
import type { Contest } from './measure.ts';
import { bodyOf, bytesOf, hugeFrame, readsOf, readsPerFrame, textFrames, type Frames } from './streams.ts';

const MEGABYTE = 1024 * 1024;
/** Bytes of a run, about: fewer where a run of small reads would take too long. */
const BODY = 4 * MEGABYTE;
const SMALL_READS_BODY = 0.4 * MEGABYTE;

function framesOfSize(api: Api, size: number): Frames {
  const sample = bytesOf(textFrames(api, 1000)).length / 1000;
  return textFrames(api, Math.round(size / sample));
}

function framed(reads: readonly Read[]): string {
  const framer = createFramer('sse');
  let events = 0;
  let odd = 0;
  for (const read of reads)
    for (const item of framer.feed(read)) {
      if (item.type !== 'frame') odd++;
      else if (!item.frame.data.startsWith('[DONE]') && item.frame.payload.ok) events++;
    }
  return `${events} events, ${odd} odd`;
}

function split(reads: readonly Read[]): string {
  let events = 0;
  const splitter = new ByteSplitter(() => events++);
  for (const { bytes } of reads) splitter.feed(bytes);
  return `${events} events, 0 odd`;
}

/** The loop of the capture: one read at a time, framed at once. */
async function framedFromBody(reads: readonly Read[]): Promise<string> {
  const framer = createFramer('sse');
  let events = 0;
  let n = 0;
  let offset = 0;
  const reader = bodyOf(reads).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    for (const item of framer.feed({ n: n++, tNs: n, offset, bytes: read.value }))
      if (item.type === 'frame' && !item.frame.data.startsWith('[DONE]') && item.frame.payload.ok) events++;
    offset += read.value.length;
  }
  return `${events} events, 0 odd`;
}

async function openaiStream(reads: readonly Read[]): Promise<string> {
  let events = 0;
  const stream = Stream.fromSSEResponse<unknown>(new Response(bodyOf(reads)), new AbortController());
  for await (const event of stream) if (event !== undefined) events++;
  return `${events} events, 0 odd`;
}

function ofApi(api: Api): readonly Contest[] {
  const frames = framesOfSize(api, BODY);
  const whole = readsOf(bytesOf(frames), 64 * 1024);
  const single = readsPerFrame(frames);
  const small = readsOf(bytesOf(framesOfSize(api, SMALL_READS_BODY)), 7);
  return [
    {
      id: 'P1',
      what: `${api}: bytes to JSON values, 64 KiB reads, over splitter and JSON.parse`,
      target: 1.75,
      subject: () => framed(whole),
      floor: () => split(whole),
    },
    {
      id: 'P1b',
      what: `${api}: the same over the openai SDK's Stream`,
      target: 0.45,
      subject: () => framed(whole),
      floor: () => openaiStream(whole),
    },
    {
      id: 'P2',
      what: `${api}: one event per read, over splitter and JSON.parse`,
      target: 1.4,
      subject: () => framed(single),
      floor: () => split(single),
    },
    {
      id: 'P3',
      what: `${api}: 7-byte reads, over splitter and JSON.parse`,
      target: 2,
      subject: () => framed(small),
      floor: () => split(small),
    },
    {
      id: 'P4',
      what: `${api}: read loop over a body, 64 KiB reads, over the splitter fed directly`,
      target: 2,
      subject: () => framedFromBody(whole),
      floor: () => split(whole),
    },
    {
      id: 'P4',
      what: `${api}: read loop over a body, one event per read, over the splitter fed directly`,
      target: 2.2,
      subject: () => framedFromBody(single),
      floor: () => split(single),
    },
  ];
}

const large = readsOf(bytesOf([hugeFrame(16 * MEGABYTE)]), 1024);
const medium = readsOf(bytesOf([hugeFrame(4 * MEGABYTE)]), 1024);

export const DECODING: readonly (() => readonly Contest[])[] = [
  ...APIS.map((api) => () => ofApi(api)),
  () => [
    {
      id: 'P5',
      what: 'one 16 MB event in 1 KiB reads, over one of 4 MB',
      target: 5,
      subject: () => framed(large),
      floor: () => framed(medium),
    },
  ],
];
