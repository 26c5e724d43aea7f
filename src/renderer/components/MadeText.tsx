import { useEffect, useMemo, useState } from 'react';
import { inTurns } from '../stores/turns.ts';
import { LongText } from './LongText.tsx';

interface MadeTextProps {
  /** Gives the same stretches each time. Another function is another text. */
  readonly make: () => Iterable<string>;
}

/** A text that takes long to make: its first stretch is there at once, the others are made in turns with whatever else the window does. */
export function MadeText({ make }: MadeTextProps) {
  const begun = useMemo(() => beginningOf(make()), [make]);
  const [, setMade] = useState({});
  useEffect(() => {
    if (begun.isWhole) return;
    const unwanted = new AbortController();
    void inQueue(async () => {
      if (await addRest(begun.pieces, make, unwanted.signal)) setMade({});
    });
    return () => unwanted.abort();
  }, [begun, make]);
  return <LongText pieces={begun.pieces} />;
}

interface Begun {
  /** Of the text so far. */
  readonly pieces: string[];
  readonly isWhole: boolean;
}

function beginningOf(stretches: Iterable<string>): Begun {
  const pieces: string[] = [];
  for (const stretch of stretches) {
    if (pieces.length > 0) return { pieces, isWhole: false };
    pieces.push(stretch);
  }
  return { pieces, isWhole: true };
}

/** False where it was given up. */
async function addRest(pieces: string[], make: () => Iterable<string>, signal: AbortSignal): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve));
  if (signal.aborted) return false;
  let at = 0;
  return await inTurns(make(), (stretch) => void (at++ === pieces.length && pieces.push(stretch)), signal);
}

let last: Promise<void> = Promise.resolve();

/** One after the other: together they take no more of a turn than one. */
function inQueue(work: () => Promise<void>): Promise<void> {
  last = last.then(work).catch(reportError);
  return last;
}
