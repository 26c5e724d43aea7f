import { useState } from 'react';
import type { SampleInfo } from '../../../shared/rpc/contract.ts';
import { Chip } from '../../components/Chip.tsx';
import { byteSize, plural } from '../../components/format.ts';
import { Key } from '../../components/Key.tsx';
import { apiChip, useProviders } from '../../stores/providers.ts';
import { Segments } from '../../components/Segments.tsx';
import { useApp } from '../../stores/app.ts';
import { playFirst } from '../../stores/first-run.ts';
import { useLaneName } from '../../stores/lanes.ts';
import { SampleDrawing } from './SampleDrawing.tsx';

interface GalleryProps {
  readonly samples: readonly SampleInfo[];
  /** The one that is shown. */
  readonly playing: SampleInfo | undefined;
  readonly live: boolean;
}

type Shelf = 'failures' | 'others';

export function Gallery({ samples, playing, live }: GalleryProps) {
  const [shelf, setShelf] = useState<Shelf>('failures');
  const read = useApp((state) => state.samplesRead);
  const failures = samples.filter(({ number }) => number !== undefined);
  const others = Map.groupBy(
    samples.filter(({ number }) => number === undefined),
    ({ model }) => model,
  );
  return (
    <section className="gallery" aria-label="Samples">
      <header>
        <h2>Samples</h2>
        <Segments<Shelf>
          label="Which samples"
          values={[
            { value: 'failures', label: read ? `What goes wrong ${failures.length}` : 'What goes wrong' },
            { value: 'others', label: read ? `Others ${others.size}` : 'Others' },
          ]}
          value={shelf}
          onChoose={setShelf}
        />
        <Legend />
      </header>
      {!read && (
        <p className="gallery-wait" role="status">
          Reading the samples…
        </p>
      )}
      <ol className={shelf} hidden={!read}>
        {shelf === 'failures' &&
          failures.map((sample) => <Card key={sample.model} versions={[sample]} playing={playing} live={live} />)}
        {shelf === 'others' &&
          [...others].map(([model, versions]) => (
            <Card key={model} versions={versions} playing={playing} live={live} />
          ))}
      </ol>
    </section>
  );
}

function Legend() {
  return (
    <span className="legend quiet" aria-hidden>
      <span>
        <svg className="k-del" viewBox="0 0 10 10">
          <circle cx="5" cy="5" r="3.5" />
        </svg>
        lost
      </span>
      <span>
        <svg className="k-del" viewBox="0 0 10 10">
          <path className="solid" d="M1 2h8v6H1z" />
        </svg>
        altered
      </span>
      <span>
        <svg className="k-error" viewBox="0 0 10 10">
          <path className="solid" d="M5 1.5 9 8.5H1z" />
        </svg>
        ends in error
      </span>
    </span>
  );
}

/** One scenario over one API or several; choosing it plays the first. */
function Card({
  versions,
  playing,
  live,
}: {
  readonly versions: readonly SampleInfo[];
  readonly playing: SampleInfo | undefined;
  readonly live: boolean;
}) {
  const nameOf = useLaneName();
  const known = useProviders();
  const [first] = versions;
  if (!first) return null;
  const shown = versions.find(({ model, api }) => model === playing?.model && api === playing.api);
  const sample = shown ?? first;
  return (
    <li className={shown ? 'sample chosen' : 'sample'}>
      <button
        type="button"
        className="sample-play"
        aria-current={shown !== undefined}
        title={sample.model}
        onClick={() => void playFirst(sample)}
      >
        <span className="sample-title">
          {sample.number !== undefined && <Key chord={String(sample.number)} />}
          <b className="cut">{sample.title}</b>
          {shown && <span className="push k k-sel">{live ? 'playing' : 'shown'}</span>}
        </span>
        <SampleDrawing drawing={sample.drawing} />
        <span className="cut sample-said" title={sample.sentence}>
          {sample.sentence}
        </span>
      </button>
      <div className="sample-facts">
        {versions.length === 1 ? (
          <>
            <Chip>{apiChip(known, sample.api)}</Chip>
            <span className="cut">{sample.model}</span>
            <span className="sample-events">{plural(sample.events, 'event')}</span>
            <span className="opt">{byteSize(sample.bytes)}</span>
          </>
        ) : (
          <>
            <span className="sample-apis">
              {versions.map((version) => (
                <button
                  key={version.api}
                  type="button"
                  className={version === shown ? 'chip k k-sel' : 'chip'}
                  aria-label={`Play over ${apiChip(known, version.api)}`}
                  onClick={() => void playFirst(version)}
                >
                  {apiChip(known, version.api)}
                </button>
              ))}
            </span>
            <span className="cut opt">{sample.model}</span>
            <span className="opt">{plural(sample.events, 'event')}</span>
          </>
        )}
        {sample.differing.length > 0 && <span className="push k k-del">{sample.differing.map(nameOf).join(', ')}</span>}
      </div>
    </li>
  );
}
