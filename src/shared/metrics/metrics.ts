/**
 * Timing and throughput of one stream, from its items as they come: no clock, and no memory that grows with the stream. All
 * numbers are made here, for the store, the list, the header and a comparison alike, out of what the wire lane said; a lane
 * that reads it otherwise changes none of them.
 *
 * A first is the arrival of the event that said so first, all of it and not only its beginning:
 * - first byte: the first read that was not empty;
 * - first event: the first frame that was complete, whatever it says;
 * - first reasoning: reasoning that can be read; what is redacted or encrypted, or only a signature, is none;
 * - first text: text that the user reads, so that a refusal is text, too;
 * - first tool: a tool call with a name or with text of its arguments; a call's id alone, or an empty piece, says nothing yet.
 *
 * Tokens per second: the output tokens over the time in which they came, from the first piece of reasoning, text or a tool call
 * to the last one. What came with the first piece was made before it, so it counts for nothing, by its share of the characters.
 * Reasoning tokens whose text did not come, being hidden or told in a summary, came at no time and do not count either.
 */
import { codePoints } from '../text/code-points.ts';
import type { TraceItem } from '../model/items.ts';
import type { LaneMessage } from '../model/messages.ts';
import { MOST_GAPS, type Metrics } from '../model/trace.ts';
import type { Usage } from '../model/usage.ts';

/** Nanoseconds. What came within less is one burst: a buffer that was emptied, and no pace of a model. */
export const SHORTEST_MEASURED_NS = 50e6;

export class MetricsMeter {
  #firstByteNs: number | null = null;
  #firstEventNs: number | null = null;
  #firstReasoningNs: number | null = null;
  #firstTextNs: number | null = null;
  #firstToolNs: number | null = null;
  #totalNs: number | null = null;
  #lastNs = 0;
  #events = 0;
  #reads = 0;
  #bytes = 0;
  #textChars = 0;
  #lastEventNs = 0;
  #firstContentNs: number | null = null;
  #lastContentNs: number | null = null;
  /** Characters of content, and those that came with the first of them. */
  #contentChars = 0;
  #firstContentChars = 0;
  /** The model's own reasoning came as text. */
  #reasoned = false;
  readonly #summaries = new Set<string>();
  #usage: Usage | undefined;
  /** The counts were said with the last content, or after it. */
  #counted = false;
  #gaps = new Sparkline();

  /** When the last thing happened: a head, a read or the end. */
  get lastNs(): number {
    return this.#lastNs;
  }

  /** Of the body. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The counts as the wire said them last. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  add(item: TraceItem): void {
    switch (item.k) {
      case 'head': {
        this.#lastNs = Math.max(this.#lastNs, item.tNs);
        return;
      }
      case 'read': {
        this.#lastNs = item.tNs;
        this.#reads++;
        this.#bytes += item.length;
        if (item.length > 0) this.#firstByteNs ??= item.tNs;
        return;
      }
      case 'event': {
        const { tNs } = item.event;
        if (this.#events++ > 0) this.#gaps.add(tNs - this.#lastEventNs);
        this.#firstEventNs ??= tNs;
        this.#lastEventNs = tNs;
        return;
      }
      case 'message': {
        // A message follows its event, so that the last event's time is its own.
        if (item.emission.lane === 'wire') this.#message(item.emission.message, this.#lastEventNs);
        return;
      }
      case 'ending': {
        this.#totalNs = item.tNs;
        this.#lastNs = Math.max(this.#lastNs, item.tNs);
      }
    }
  }

  /** One that has taken the same and goes on by itself. */
  copy(): MetricsMeter {
    const copy = new MetricsMeter();
    copy.#firstByteNs = this.#firstByteNs;
    copy.#firstEventNs = this.#firstEventNs;
    copy.#firstReasoningNs = this.#firstReasoningNs;
    copy.#firstTextNs = this.#firstTextNs;
    copy.#firstToolNs = this.#firstToolNs;
    copy.#totalNs = this.#totalNs;
    copy.#lastNs = this.#lastNs;
    copy.#events = this.#events;
    copy.#reads = this.#reads;
    copy.#bytes = this.#bytes;
    copy.#textChars = this.#textChars;
    copy.#lastEventNs = this.#lastEventNs;
    copy.#firstContentNs = this.#firstContentNs;
    copy.#lastContentNs = this.#lastContentNs;
    copy.#contentChars = this.#contentChars;
    copy.#firstContentChars = this.#firstContentChars;
    copy.#reasoned = this.#reasoned;
    copy.#usage = this.#usage;
    copy.#counted = this.#counted;
    for (const block of this.#summaries) copy.#summaries.add(block);
    copy.#gaps = this.#gaps.copy();
    return copy;
  }

  value(): Metrics {
    const rate = this.#totalNs === null ? undefined : this.#tokensPerSecond();
    return {
      firstByteNs: this.#firstByteNs,
      firstEventNs: this.#firstEventNs,
      firstReasoningNs: this.#firstReasoningNs,
      firstTextNs: this.#firstTextNs,
      firstToolNs: this.#firstToolNs,
      totalNs: this.#totalNs,
      events: this.#events,
      reads: this.#reads,
      bytes: this.#bytes,
      textChars: this.#textChars,
      lastContentNs: this.#lastContentNs,
      ...(rate !== undefined && { tokensPerSecond: rate }),
      gaps: this.#gaps.stretches(),
    };
  }

  #message(message: LaneMessage, tNs: number): void {
    switch (message.message_type) {
      case 'block_start': {
        // The one sign that a provider gives: Responses calls the text of such a block summary_text.
        if (message.kind === 'reasoning' && message.type.includes('summary')) this.#summaries.add(message.block);
        return;
      }
      case 'assistant_message':
      case 'refusal_message': {
        // The wire's content is always text; the list form is the adapters'.
        if (typeof message.content !== 'string' || message.content === '') return;
        const chars = codePoints(message.content);
        this.#firstTextNs ??= tNs;
        this.#textChars += chars;
        this.#content(chars, tNs);
        return;
      }
      case 'reasoning_message': {
        if (message.reasoning === '') return;
        this.#firstReasoningNs ??= tNs;
        if ('block' in message && this.#summaries.has(message.block)) return;
        this.#reasoned = true;
        this.#content(codePoints(message.reasoning), tNs);
        return;
      }
      case 'tool_call_message': {
        const { name, arguments: text } = message.tool_call;
        if (!name && !text) return;
        this.#firstToolNs ??= tNs;
        this.#content(codePoints(name ?? '') + codePoints(text ?? ''), tNs);
        return;
      }
      case 'usage': {
        this.#usage = message.usage;
        this.#counted = true;
      }
    }
  }

  #content(chars: number, tNs: number): void {
    this.#firstContentNs ??= tNs;
    this.#lastContentNs = tNs;
    this.#contentChars += chars;
    if (tNs === this.#firstContentNs) this.#firstContentChars = this.#contentChars;
    this.#counted = false;
  }

  /** See the top of the file. */
  #tokensPerSecond(): number | null | undefined {
    const { output, reasoning } = this.#usage ?? {};
    if (typeof output !== 'number' || !this.#counted) return undefined;
    if (this.#firstContentNs === null) return null;
    const spanNs = this.#lastContentNs! - this.#firstContentNs;
    const tokens = this.#reasoned ? output : output - Math.min(reasoning ?? 0, output);
    if (spanNs < SHORTEST_MEASURED_NS || tokens === 0) return null;
    return (tokens * (1 - this.#firstContentChars / this.#contentChars)) / (spanNs / 1e9);
  }
}

/** Of a stream without times: what was never measured is not there, since a zero would be a time. */
export function withoutTimes({ events, reads, bytes, textChars }: Metrics): Metrics {
  return { ...new MetricsMeter().value(), events, reads, bytes, textChars };
}

/** The longest gap of each stretch of events. When there are too many stretches, neighbours are merged and new ones grow twice as long. */
class Sparkline {
  #stretches: number[] = [];
  #perStretch = 1;
  #inLast = 0;

  copy(): Sparkline {
    const copy = new Sparkline();
    copy.#stretches = [...this.#stretches];
    copy.#perStretch = this.#perStretch;
    copy.#inLast = this.#inLast;
    return copy;
  }

  add(gapNs: number): void {
    if (this.#stretches.length === 0 || this.#inLast === this.#perStretch) {
      if (this.#stretches.length === MOST_GAPS) this.#halve();
      this.#stretches.push(0);
      this.#inLast = 0;
    }
    this.#inLast++;
    const last = this.#stretches.length - 1;
    this.#stretches[last] = Math.max(this.#stretches[last]!, gapNs);
  }

  stretches(): readonly number[] {
    return [...this.#stretches];
  }

  #halve(): void {
    const merged: number[] = [];
    for (let i = 0; i < this.#stretches.length; i += 2)
      merged.push(Math.max(this.#stretches[i]!, this.#stretches[i + 1]!));
    this.#stretches = merged;
    this.#perStretch *= 2;
    this.#inLast = this.#perStretch;
  }
}
