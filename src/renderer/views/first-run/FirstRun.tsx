import { useEffect } from 'react';
import type { SampleInfo } from '../../../shared/rpc/contract.ts';
import { useCommand } from '../../commands/commands.ts';
import { useApp } from '../../stores/app.ts';
import { leaveFirstRun, playFirst, playUnasked } from '../../stores/first-run.ts';
import { ShownTrace, useOpenTrace } from '../../stores/open.ts';
import { endPlay } from '../../stores/playback.ts';
import { useRuns } from '../../stores/runs.ts';
import { Gallery } from './Gallery.tsx';
import { Play } from './Play.tsx';
import { Ways } from './Ways.tsx';
import './first-run.css';

/** The first screen: the ways on stand where runs will be, the first sample plays where a run will, and the others wait below. */
export function FirstRun() {
  const samples = useApp((state) => state.samples);
  const selected = useApp((state) => state.selected);
  const ready = useApp((state) => state.connection === 'open' && state.endpoints.length > 0);
  const row = useRuns((runs) => (selected === null ? undefined : runs.rows.get(selected)));
  const session = useOpenTrace(selected);
  const first = samples.find(({ number }) => number === 1);
  useEffect(() => {
    if (ready && first) playUnasked(first);
  }, [ready, first]);
  const sample = row && samples.find(({ model, api }) => model === row.model && api === row.api);
  useSampleKeys(samples);
  useEffect(() => endPlay, []);
  useCommand('sample.open', leaveFirstRun, row !== undefined);
  return (
    <main className="first">
      <Ways />
      <article className="play" aria-busy={row !== undefined && !row.ending} aria-label="The sample that plays">
        <ShownTrace value={session}>
          <Play sample={sample} session={session} />
        </ShownTrace>
        <Gallery samples={samples} playing={sample} live={row !== undefined && !row.ending} />
      </article>
    </main>
  );
}

function useSampleKeys(samples: readonly SampleInfo[]): void {
  const numbered = (number: number) => samples.find((sample) => sample.number === number);
  const play = (number: number) => () => {
    const sample = numbered(number);
    if (sample) void playFirst(sample);
  };
  useCommand('sample.1', play(1), numbered(1) !== undefined);
  useCommand('sample.2', play(2), numbered(2) !== undefined);
  useCommand('sample.3', play(3), numbered(3) !== undefined);
  useCommand('sample.4', play(4), numbered(4) !== undefined);
  useCommand('sample.5', play(5), numbered(5) !== undefined);
  useCommand('sample.6', play(6), numbered(6) !== undefined);
}
