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

const PROBE_MS = 1_000;

/** Resolves once a request through the proxy gets to the server; false when none did in so long. */
export async function leadsHere(setup: BenchSetup, waitMs: number): Promise<boolean> {
  const { server } = setup;
  const until = performance.now() + waitMs;
  const before = server.requests.length;
  while (performance.now() < until) {
    const bench = new Bench(setup);
    const client = bench.client();
    const came = await server.holds(() => server.requests.length > before, PROBE_MS);
    for (const request of server.requests.slice(before)) {
      request.write(bench.streamHead(['connection: close']));
      request.write(Buffer.concat(bench.frames.map(({ bytes }) => bytes)));
      request.end();
    }
    await client.holds(() => client.whole || client.ended !== undefined, PROBE_MS);
    bench.close();
    if (came) return true;
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
