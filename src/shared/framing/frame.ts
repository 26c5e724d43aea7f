/** A frame as it was cut. */
import type { Frame, Payload, Read } from '../model/stream.ts';
import { NestsTooDeep, parsedJson } from '../text/json-text.ts';

const NO_NOTES: readonly string[] = [];

export class CutFrame implements Frame {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly read: number;
  readonly tNs: number;
  readonly name: string;
  readonly data: string;
  readonly notes: readonly string[];
  #payload: Payload | undefined;

  /** `read`: the one that completed it. */
  constructor(index: number, start: number, end: number, read: Read, name: string, data: string, notes = NO_NOTES) {
    this.index = index;
    this.start = start;
    this.end = end;
    this.read = read.n;
    this.tNs = read.tNs;
    this.name = name;
    this.data = data;
    this.notes = notes;
  }

  get dispatches(): boolean {
    return true;
  }

  get payload(): Payload {
    return (this.#payload ??= payloadOf(this.data));
  }
}

/** What an event carries as JSON. Never throws. */
export function payloadOf(data: string): Payload {
  try {
    return { ok: true, value: parsedJson(data) };
  } catch (error) {
    if (error instanceof NestsTooDeep) return { ok: false, error: error.message, levels: error.levels };
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}
