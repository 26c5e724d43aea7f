/** Examines a proxy: waits until it leads to the server here, then runs each case and tells what it found. */
import { Bench, NotPassed, type BenchSetup, type Finding } from './bench.ts';
import { CASES, type CheckCase } from './cases.ts';

export type { Fault, Finding } from './bench.ts';

export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly findings: readonly Finding[];
  /** The request of the case did not get through, and why. */
  readonly notPassed?: string;
}

/** For the whole of the first answer, and until a proxy that is not there yet is asked again. */
const FIRST_MS = 10_000;
const AGAIN_MS = 500;

/** Resolves once a request through the proxy gets to the server; false when none did in so long. */
export async function leadsHere(setup: BenchSetup, waitMs: number): Promise<boolean> {
  const { server } = setup;
  const until = performance.now() + waitMs;
  while (performance.now() < until) {
    const bench = new Bench(setup);
    const before = server.requests.length;
    const client = bench.client();
    const isOver = (): boolean => client.whole || client.ended !== undefined;
    // The first request may be what a gateway loads its parts for.
    const came = await server.holds(() => server.requests.length > before || isOver(), until - performance.now());
    for (const request of server.requests.slice(before)) {
      request.write(bench.streamHead(['connection: close']));
      request.write(Buffer.concat(bench.frames.map(({ bytes }) => bytes)));
      request.end();
    }
    await client.holds(isOver, Math.min(FIRST_MS, Math.max(0, until - performance.now())));
    bench.close();
    if (came && server.requests.length > before) return true;
    await server.holds(() => false, Math.min(AGAIN_MS, Math.max(0, until - performance.now())));
  }
  return false;
}

/** In order, one at a time; each is told as soon as it is known. */
export async function* examine(setup: BenchSetup, cases: readonly CheckCase[] = CASES): AsyncGenerator<CaseResult> {
  for (const { id, title, run } of cases) {
    const bench = new Bench(setup);
    try {
      yield { id, title, findings: await run(bench) };
    } catch (error) {
      if (!(error instanceof NotPassed)) throw error;
      yield { id, title, findings: [], notPassed: error.message };
    } finally {
      bench.close();
    }
  }
}
