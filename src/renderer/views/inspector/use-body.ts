/** A part of the stored body, read in slices until it is whole; while the stream runs, as far as it has come. */
import { useEffect, useState } from 'react';
import { bytesOf } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { useSession } from '../../stores/open.ts';
import type { TraceSession } from '../../stores/trace.ts';

const SLICE = 256 * 1024;
const AGAIN_MS = 300;

interface Part {
  readonly session: TraceSession;
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly problem: string | null;
}

export interface BodyPart {
  readonly bytes: Uint8Array;
  readonly problem: string | null;
  /** Reads on after a problem. */
  readonly retry: () => void;
}

const NONE = new Uint8Array();

/** Bytes from `start` up to `end`, which may grow. */
export function useBody(start: number, end: number): BodyPart {
  const session = useSession();
  const [part, setPart] = useState<Part | null>(null);
  const [tries, setTries] = useState(0);
  const fits = part !== null && part.session === session && part.start === start;
  const loaded = fits ? part.bytes : NONE;
  useEffect(() => {
    const gone = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      let bytes = loaded;
      while (!gone.signal.aborted && start + bytes.length < end) {
        const from = start + bytes.length;
        const answer = await client().call('traces.bytes', {
          id: session.store.getState().id,
          start: from,
          end: Math.min(from + SLICE, end),
        });
        if (gone.signal.aborted) return;
        const more = bytesOf(answer.bytes);
        if (more.length === 0) {
          // Seen, but not stored yet.
          again = setTimeout(() => setTries((count) => count + 1), AGAIN_MS);
          return;
        }
        bytes = joined(bytes, more);
        setPart({ session, start, bytes, problem: null });
      }
    };
    read().catch((error: unknown) => {
      if (!gone.signal.aborted)
        setPart({ session, start, bytes: loaded, problem: error instanceof Error ? error.message : String(error) });
    });
    return () => {
      gone.abort();
      clearTimeout(again);
    };
    // What it has loaded does not start it again: it goes on by itself.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [session, start, end, tries]);

  return { bytes: loaded, problem: fits ? part.problem : null, retry: () => setTries(tries + 1) };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
