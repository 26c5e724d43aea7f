/** One request and its answer as they pass: what is told of them, and the certificate. It touches no byte. */
import { randomInt } from 'node:crypto';
import type { BodyEnd } from '../../../../shared/metrics/ending.ts';
import type { HeadChange } from '../../../../shared/model/capture.ts';
import type { Field, Head, StatusLine } from '../http/head.ts';
import { valuesOf } from '../http/head.ts';
import { CrossingMeter } from './crossing.ts';
import type { Begun, Fields, HeadFacts, Tap, TapEvent } from './tap.ts';

type Told = TapEvent extends infer Event ? (Event extends TapEvent ? Omit<Event, 'id' | 'tNs'> : never) : never;

export const fieldsOf = ({ fields }: Pick<Head, 'fields'>): Fields =>
  fields.map(({ name, value }) => [name, value] as const);

export class Exchange {
  readonly method: string;
  readonly sent = new CrossingMeter();
  readonly answered = new CrossingMeter();
  readonly #tap: Tap;
  readonly #id = nextId++;
  readonly #begunAt: bigint;
  #requestEnded = false;
  #ended = false;
  #closed = false;
  #trailers: Fields = [];

  constructor(tap: Tap, begun: Begun, at: bigint) {
    this.#tap = tap;
    this.#begunAt = at;
    this.method = begun.method;
    this.sent.headUnchanged = begun.changes.length === 0;
    this.#tell({ type: 'begun', begun }, at);
  }

  /** The answer is over, whole or not. */
  get ended(): boolean {
    return this.#ended;
  }

  get requestEnded(): boolean {
    return this.#requestEnded;
  }

  requestData(bytes: Uint8Array, at: bigint): void {
    if (bytes.length > 0) this.#tell({ type: 'request', bytes }, at);
  }

  /** The request has been sent, or as much of it as there is. */
  endRequest(at: bigint): void {
    if (this.#requestEnded) return;
    this.#requestEnded = true;
    this.#tell({ type: 'request-end' }, at);
  }

  answerHead(head: Head & { readonly line: StatusLine }, changes: readonly HeadChange[], at: bigint): void {
    if (changes.length > 0) this.answered.headUnchanged = false;
    const facts: HeadFacts = { status: head.line.status, statusText: head.line.text, fields: fieldsOf(head) };
    if (facts.status < 200 && facts.status !== 101) return this.#tell({ type: 'informational', head: facts }, at);
    const [protocol] = facts.status === 101 ? valuesOf(head, 'upgrade') : [];
    this.#tell({ type: 'head', head: facts, changes, ...(protocol !== undefined && { protocol }) }, at);
  }

  answerData(bytes: Uint8Array, at: bigint): void {
    if (bytes.length > 0) this.#tell({ type: 'read', bytes }, at);
  }

  /** In a tunnel: from the client. */
  sentData(bytes: Uint8Array, at: bigint): void {
    this.#tell({ type: 'sent', bytes }, at);
  }

  trailers(fields: readonly Field[]): void {
    this.#trailers = fieldsOf({ fields });
  }

  end(end: BodyEnd, at: bigint): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tell({ type: 'end', end, trailers: this.#trailers }, at);
  }

  /** Call once all of it that will be taken by either side was. */
  close(at: bigint): void {
    if (this.#closed) return;
    this.#closed = true;
    this.endRequest(at);
    const certificate = { request: this.sent.result(), answer: this.answered.result() };
    this.#tell({ type: 'closed', certificate }, at);
  }

  #tell(event: Told, at: bigint): void {
    this.#tap.event({ ...event, id: this.#id, tNs: Number(at - this.#begunAt) } as TapEvent);
  }
}

/** Unique in this thread. One that begins at 1 again after the thread died would go on with another's trace. */
let nextId = randomInt(2 ** 46);
