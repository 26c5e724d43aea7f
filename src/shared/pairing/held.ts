/**
 * Which hop held a stream. A gateway can send a piece on once it has it: of the time between two pieces to the client, what passed
 * before the next one had come to the gateway is the provider's, and the rest the gateway's. Pure; all times are nanoseconds of one axis.
 */

/** What reached the client, in order of time. */
export interface Passed {
  readonly tNs: number;
  /** When the gateway had it; null for what came from no provider. */
  readonly hadNs: number | null;
  readonly event: number | null;
}

/** A time in which the client got nothing. */
export interface Hold {
  readonly fromNs: number;
  readonly toNs: number;
  readonly providerNs: number;
  readonly gatewayNs: number;
  /** The event of the client's stream that ended it; null for the end of the stream. */
  readonly event: number | null;
}

export interface Span {
  /** The client's request, and when the gateway's request left for the provider. */
  readonly startNs: number;
  readonly askedNs: number;
  /** The client's last byte, and the provider's. */
  readonly endNs: number;
  readonly providerEndNs: number;
}

/** One hold for each time in which nothing passed, from the request to the end; of those that are equal to nothing none. */
export function holdsOf({ startNs, askedNs, endNs, providerEndNs }: Span, passed: readonly Passed[]): readonly Hold[] {
  const holds: Hold[] = [];
  let last = startNs;
  const add = ({ tNs, hadNs, event }: Passed): void => {
    if (tNs > last) holds.push(holdOf(last, tNs, hadNs, event));
    last = Math.max(last, tNs);
  };
  for (const one of passed) {
    const first = holds.length === 0 && last === startNs;
    add(one);
    if (first && holds.length > 0) holds[0] = beforeAsking(holds[0]!, askedNs);
  }
  add({ tNs: endNs, hadNs: providerEndNs, event: null });
  return holds;
}

function holdOf(fromNs: number, toNs: number, hadNs: number | null, event: number | null): Hold {
  const providerNs = hadNs === null ? 0 : Math.min(Math.max(hadNs - fromNs, 0), toNs - fromNs);
  return { fromNs, toNs, providerNs, gatewayNs: toNs - fromNs - providerNs, event };
}

/** Before the gateway asked, the provider had nothing to answer. */
function beforeAsking(hold: Hold, askedNs: number): Hold {
  const unasked = Math.min(Math.max(askedNs - hold.fromNs, 0), hold.providerNs);
  return { ...hold, providerNs: hold.providerNs - unasked, gatewayNs: hold.gatewayNs + unasked };
}
