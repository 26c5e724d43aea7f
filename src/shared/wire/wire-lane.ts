/**
 * The wire lane: what the provider said, with nothing lost, read as WHATWG and today's SDKs read it. What the
 * framing does not dispatch is no event; exactly `[DONE]` ends an OpenAI stream; an event that is no JSON is flagged and the reading
 * goes on, although the SDKs stop there, because what follows is on the wire too.
 */
import { WIRE, type Emission, type WireMessage, type WireOutcome, type WireResult } from '../model/messages.ts';
import type { EventSummary, Frame, Framed, Payload } from '../model/stream.ts';
import type { Lane } from '../model/lane.ts';
import { brokenName } from '../framing/broken-data.ts';
import { flatJson, MAX_NESTING, nestsTooDeep, objectOf, stringOf } from '../json/json-object.ts';
import { commentFault, errorField, faultOf, faultWithin, OutsideLines, pageFault, textFault } from './faults.ts';
import { LimitPassed } from './limits.ts';
import type { WireProtocol } from './protocol.ts';
import { WireRecorder } from './recorder.ts';

/** The wire lane also says in a line what each frame is: the row of the Events tab. */
export interface WireLane extends Lane {
  readonly id: typeof WIRE;
  begin(): readonly Emission<WireMessage>[];
  end(): readonly Emission<WireMessage>[];
  take(framed: Framed): readonly Emission<WireMessage>[];
  outcome(): WireResult;
  /** The provider's terminator was seen. Costs nothing, unlike the outcome. */
  readonly terminated: boolean;
  /** Valid right after take(frame), for that frame. */
  summary(frame: Frame): EventSummary;
}

/** `protocol`: what the provider's events are read with. */
export function createWireLane(protocol: (recorder: WireRecorder) => WireProtocol): WireLane {
  return new WireLaneReader(protocol);
}

const NOTHING: readonly Emission<WireMessage>[] = [];
/** What servers send that a lenient reader might take for the terminator. */
const NEAR_DONE = /^\s*"?\[done\]"?\s*$/i;

class WireLaneReader implements WireLane {
  readonly id = WIRE;
  readonly #recorder = new WireRecorder();
  readonly #protocol: WireProtocol;
  readonly #outside = new OutsideLines();
  #doneSeen = false;
  #limit: string | undefined;

  constructor(protocol: (recorder: WireRecorder) => WireProtocol) {
    this.#protocol = protocol(this.#recorder);
  }

  get terminated(): boolean {
    return this.#protocol.terminated;
  }

  begin(): readonly Emission<WireMessage>[] {
    return NOTHING;
  }

  take(framed: Framed): readonly Emission<WireMessage>[] {
    if (framed.type !== 'frame') return this.#takeOutside(framed);
    const { frame } = framed;
    // A line of JSON lines that is none may belong to a page.
    const before = frame.sse || frame.payload.ok ? this.#outside.event() : null;
    if (before) this.#recorder.outsideError(before);
    this.#recorder.begin(frame, frame.name);
    try {
      this.#read(frame);
    } catch (error) {
      if (!(error instanceof LimitPassed)) throw error;
      this.#endAtLimit(`${error.message} The wire lane ends here; the bytes are kept.`);
    }
    return this.#recorder.drain();
  }

  /** What stands in no event is nothing by the standard, but servers put errors there. */
  #takeOutside(framed: Exclude<Framed, { readonly type: 'frame' }>): readonly Emission<WireMessage>[] {
    if (framed.type === 'limit') this.#endAtLimit(framed.text);
    else if (this.#doneSeen) return NOTHING;
    else if (framed.type === 'ignored' || framed.type === 'unfinished') {
      const fault = this.#outside[framed.type === 'ignored' ? 'line' : 'unfinished'](framed.text);
      if (fault) this.#recorder.outsideError(fault);
    } else if (framed.type === 'comment') {
      const fault = commentFault(framed.text);
      if (fault) this.#recorder.outsideError(fault);
    }
    return this.#recorder.drain();
  }

  /** Blocks that are open stay open: only the provider closes one, and after a truncation nothing becomes final. */
  end(): readonly Emission<WireMessage>[] {
    const before = this.#outside.event();
    if (!before) return NOTHING;
    this.#recorder.outsideError(before);
    return this.#recorder.drain();
  }

  summary(frame: Frame): EventSummary {
    return this.#recorder.summary(frame);
  }

  outcome(): WireResult {
    const recorder = this.#recorder;
    const outcome: WireOutcome = {
      id: recorder.id,
      model: recorder.model,
      ...(recorder.serviceTier !== undefined && { service_tier: recorder.serviceTier }),
      blocks: recorder.wireBlocks(),
      finish: [...recorder.finishes].map(([choice, finish]) => ({ choice, ...finish })),
      ...(recorder.usageRaw.length > 0 && { usage: { ...recorder.usageTotals, raw: [...recorder.usageRaw] } }),
      ...(recorder.strayUsage.size > 0 && { strayUsage: recorder.strayUsages() }),
      errors: [...recorder.errors],
      terminated: this.#protocol.terminated,
      accumulated: this.#protocol.accumulated(),
      ...(this.#limit !== undefined && { limit: this.#limit }),
    };
    return { lane: WIRE, outcome };
  }

  #endAtLimit(sentence: string): void {
    this.#limit = sentence;
    this.#recorder.error({ message: sentence, type: 'limit', code: null }, null);
  }

  #read(frame: Frame): void {
    const recorder = this.#recorder;
    for (const note of frame.notes) recorder.note(note);
    if (!frame.dispatches) {
      recorder.mark('meta');
      // No event by the standard, but a server that says `event: error` says one.
      if (frame.name === 'error' && !this.#doneSeen) recorder.error(faultOf(null), frame.name);
      return;
    }
    if (this.#limit !== undefined) {
      recorder.note('not read: the lane ended at a limit');
      return;
    }
    if (this.#doneSeen) {
      recorder.note('after [DONE]: not read');
      recorder.preview(frame.data);
      recorder.event('after [DONE]', false, frame.data);
      const payload = this.#payloadOf(frame);
      if (!payload.ok) return;
      recorder.seekUsage('after [DONE]', payload.value);
      const late = objectOf(payload.value);
      if (late?.['error']) recorder.error(errorField(late, late['error']), late);
      return;
    }
    if (this.#protocol.doneMarker && this.#isDone(frame)) return;
    if (this.#protocol.terminated) recorder.note('after the terminator');
    this.#readJson(frame);
  }

  #isDone(frame: Frame): boolean {
    const recorder = this.#recorder;
    if (frame.data === '[DONE]') {
      this.#doneSeen = true;
      recorder.type('[DONE]');
      recorder.mark('done');
      this.#protocol.done();
      return true;
    }
    if (frame.data.length < 16 && NEAR_DONE.test(frame.data)) recorder.note('only the exact [DONE] ends the stream');
    return false;
  }

  #readJson(frame: Frame): void {
    const recorder = this.#recorder;
    const { name } = frame;
    const payload = this.#payloadOf(frame);
    if (!payload.ok) {
      recorder.note(
        frame.data === ''
          ? 'empty event'
          : `not JSON, in the event at byte ${frame.start}: ${brokenName(frame.data) ?? payload.error}`,
      );
      this.#readUnreadable(frame, frame.data);
      return;
    }
    const data = objectOf(payload.value);
    if (!data) {
      recorder.note(`the data is JSON but not an object${named(frame.data)}`);
      this.#readUnreadable(frame, payload.value);
      return;
    }
    const type = stringOf(data['type']);
    const same = type === name;
    recorder.type(type ?? (name || (stringOf(data['object']) ?? 'message')));
    if (type !== null && name !== '' && !same) recorder.note(`the event is named ${name}, its data says ${type}`);
    // Where both say the same they are one string, so that to compare them again costs nothing.
    this.#protocol.take(data, type === null || same ? name : type, frame);
  }

  /** What nests too deep to travel is read as far as it may, and what lies deeper travels as its text. */
  #payloadOf({ payload, data }: Frame): Payload {
    if (payload.ok ? !nestsTooDeep(data) : payload.levels === undefined) return payload;
    try {
      const value = flatJson(data);
      this.#recorder.note(`nests deeper than ${MAX_NESTING} levels: what lies deeper is shown as text`);
      return { ok: true, value };
    } catch {
      return { ok: false, error: payload.ok ? '' : payload.error };
    }
  }

  /** The data is no object. What is named `error`, or reads as one, is an error all the same: proxies send bare sentences. */
  #readUnreadable(frame: Frame, value: unknown): void {
    this.#recorder.preview(frame.data);
    const header = this.#protocol.headerFault?.(frame);
    const within = header ? null : faultWithin(typeof value === 'string' ? value : frame.data);
    const page = header || within || !frame.sse ? null : pageFault(frame.data);
    const fault = header ?? within ?? page ?? (frame.name === 'error' ? faultOf(value) : textFault(value));
    if (fault) this.#recorder.error(fault, within ? within.raw : value);
    else {
      // A line of JSON lines that is none may be a page, which goes on in the lines after it.
      const begun = frame.sse ? null : this.#outside.line(frame.data);
      if (begun) this.#recorder.outsideError(begun);
      else this.#recorder.event(frame.name || 'message', false, value, '');
    }
  }
}

function named(data: string): string {
  const name = brokenName(data);
  return name === null ? '' : `: ${name}`;
}
