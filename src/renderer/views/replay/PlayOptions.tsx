import { useState } from 'react';
import type { AdapterOptions } from '../../../shared/model/trace.ts';
import { DEFAULT_OPTIONS } from '../../../shared/model/trace.ts';
import { Button } from '../../components/Button.tsx';
import type { TraceSession } from '../../stores/trace.ts';
import { OptionFields } from '../../components/OptionFields.tsx';
import { toolsOf } from './tools-of.ts';

interface PlayOptionsProps {
  readonly recorded: TraceSession;
  /** Those of the play; absent: as recorded. */
  readonly options: AdapterOptions | undefined;
  /** Absent: as recorded. */
  readonly onPlay: (options: AdapterOptions | undefined) => void;
  readonly onClose: () => void;
}

/** Plays the same bytes through adapters that were told something else. */
export function PlayOptions({ recorded, options, onPlay, onClose }: PlayOptionsProps) {
  const { detail } = recorded.store.getState();
  const asRecorded = detail?.options ?? DEFAULT_OPTIONS;
  const [chosen, setChosen] = useState(options ?? asRecorded);
  const changed = JSON.stringify(chosen) !== JSON.stringify(asRecorded);
  return (
    <section className="play-options" aria-label="Other adapter options">
      <p className="quiet">
        The bytes stay the same; Legacy and Simple decode them with these options instead of the recorded ones.
      </p>
      <OptionFields options={chosen} offered={toolsOf(detail, recorded.model)} onChange={setChosen} />
      <p className="play-options-end">
        <Button look="main" onClick={() => onPlay(changed ? chosen : undefined)}>
          {changed ? 'Play with these' : 'Play as recorded'}
        </Button>
        {changed && <Button onClick={() => setChosen(asRecorded)}>As recorded</Button>}
        <Button className="push" onClick={onClose}>
          Close
        </Button>
      </p>
    </section>
  );
}
