import { useEffect, useState } from 'react';
import { hexDump } from '../../../shared/compare/evidence.ts';
import type { Finding } from '../../../shared/model/findings.ts';
import { count } from '../../components/format.ts';
import { useTrace } from '../../stores/open.ts';
import { storedBytes } from './exports.ts';

/** Shown at once; the Raw pane has all of them. */
const SHOWN = 256;
const WIDTH = 8;

/** The bytes where a finding first shows. */
export function Evidence({ finding }: { readonly finding: Finding }) {
  const id = useTrace((trace) => trace.id);
  const [start, end] = finding.bytes ?? [0, 0];
  const [read, setRead] = useState<
    { readonly start: number; readonly bytes: Uint8Array } | { readonly problem: string } | null
  >(null);
  useEffect(() => {
    let current = true;
    if (end === start) return;
    storedBytes(id, start, Math.min(end, start + SHOWN)).then(
      (bytes) => current && setRead({ start, bytes }),
      (error: unknown) => current && setRead({ problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      current = false;
    };
  }, [id, start, end]);
  if (finding.bytes === null || read === null) return null;
  if ('problem' in read) return <p className="quiet">The bytes could not be read: {read.problem}</p>;
  return (
    <>
      <h4>
        On the wire{finding.event !== null && `, from event ${count(finding.event)}`}
        <span className="quiet push">
          {end - start > SHOWN ? `${SHOWN} of ${count(end - start)} bytes` : `${count(end - start)} bytes`}
        </span>
      </h4>
      <pre className="find-hex">{hexDump(read.bytes, read.start, WIDTH)}</pre>
    </>
  );
}
