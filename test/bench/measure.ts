/**
 * Ratios that mean something on a noisy machine: what is judged and what it is divided by run in one process, on the same
 * input, in shuffled order, and the ratio is taken inside each repetition. The divisor runs a second time under another
 * name; where that ratio to itself is far from 1, the run says nothing and is repeated.
 */

/** Does its work once and gives its answer as text, so that nothing fast and wrong passes. */
export type Contender = () => string | Promise<string>;

export interface Contest {
  /** The target's name, such as `P1`. */
  readonly id: string;
  readonly what: string;
  /** Largest ratio that meets the target. */
  readonly target: number;
  readonly subject: Contender;
  readonly floor: Contender;
  /** What the floor's answer must be; by default the subject's. */
  readonly sameAnswer?: (subject: string, floor: string) => boolean;
  /** How often each side runs before it is judged; 2 unless said. */
  readonly warmUps?: number;
}

export interface Result {
  readonly id: string;
  readonly what: string;
  /** Median ratio. */
  readonly value: number;
  readonly target: number;
  readonly met: boolean;
  /** A word on the run: the spread, the divisor against itself. */
  readonly note?: string;
}

/** A median of fewer repetitions is not judged. */
export const REPETITIONS = 9;
/** The divisor against itself: outside of this the run is void. */
const STEADY = [0.9, 1.1] as const;
const VOID_RUNS = 4;
/** A miss counts when it repeats in two of three runs. */
const MISSES_THAT_COUNT = 2;

export async function judge(contest: Contest): Promise<Result> {
  const { subject, floor } = contest;
  // What the contests before left behind is no business of this one.
  globalThis.gc?.();
  for (let i = 0; i < (contest.warmUps ?? 2); i++) checkAnswers(contest, await subject(), await floor());
  const misses: Run[] = [];
  for (let voided = 0; ;) {
    const run = await repeat(contest);
    if (!isSteady(run) && voided++ < VOID_RUNS) continue;
    if (run.ratio <= contest.target) return resultOf(contest, run, true);
    misses.push(run);
    if (misses.length === MISSES_THAT_COUNT)
      return resultOf(contest, misses.toSorted((a, b) => a.ratio - b.ratio)[0]!, false);
  }
}

interface Run {
  readonly ratio: number;
  readonly quartiles: readonly [number, number];
  /** The divisor against itself. */
  readonly self: number;
}

async function repeat({ subject, floor }: Contest): Promise<Run> {
  const ratios: number[] = [];
  const selfs: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    const times = new Map<string, number>();
    for (const name of shuffled(['subject', 'floor', 'again'])) {
      cleared();
      const start = performance.now();
      await (name === 'subject' ? subject : floor)();
      times.set(name, performance.now() - start);
    }
    ratios.push(times.get('subject')! / times.get('floor')!);
    selfs.push(times.get('again')! / times.get('floor')!);
  }
  return {
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    self: quantile(selfs, 0.5),
  };
}

/**
 * What the last contender left young is collected before the next one starts. Not more than that: a full collection takes
 * the shapes of objects of which none is alive just then, and with them the compiled code that knows them, which no stream
 * in a running app meets and which would be charged to whoever makes the most kinds of objects.
 */
function cleared(): void {
  globalThis.gc?.({ type: 'minor' });
}

const isSteady = ({ self }: Run): boolean => self >= STEADY[0] && self <= STEADY[1];

function resultOf({ id, what, target }: Contest, run: Run, met: boolean): Result {
  const [low, high] = run.quartiles;
  const self = `divisor against itself ${run.self.toFixed(2)}${isSteady(run) ? '' : ', too unsteady to judge'}`;
  return {
    id,
    what,
    value: run.ratio,
    target,
    met,
    note: `middle half ${low.toFixed(2)} to ${high.toFixed(2)}, ${self}`,
  };
}

function checkAnswers({ id, what, sameAnswer = (a, b) => a === b }: Contest, subject: string, floor: string): void {
  if (sameAnswer(subject, floor)) return;
  throw new Error(
    `${id} (${what}): the answers differ: ${JSON.stringify(subject.slice(0, 200))} and ${JSON.stringify(floor.slice(0, 200))}.`,
  );
}

export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const low = sorted[Math.floor(place)]!;
  const high = sorted[Math.ceil(place)]!;
  return low + (high - low) * (place - Math.floor(place));
}

export function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
