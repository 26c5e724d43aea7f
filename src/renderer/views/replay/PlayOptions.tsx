import { useState } from 'react';
import { DEFAULT_OPTIONS } from '../../../shared/model/trace.ts';
import { Button } from '../../components/Button.tsx';
import { playWith, usePlay } from '../../stores/playback.ts';
import type { TraceSession } from '../../stores/trace.ts';
import { OptionFields } from '../../components/OptionFields.tsx';
import { toolsOf } from './tools-of.ts';

interface PlayOptionsProps {
  readonly recorded: TraceSession;
  readonly onClose: () => void;
}

/** Plays the same bytes through adapters that were told something else. */
export function PlayOptions({ recorded, onClose }: PlayOptionsProps) {
  const options = usePlay((play) => play.options);
  const { detail } = recorded.store.getState();
  const asRecorded = detail?.options ?? DEFAULT_OPTIONS;
  const [chosen, setChosen] = useState(options ?? asRecorded);
  const play = () => {
    playWith(recorded, changed ? chosen : undefined);
    onClose();
  };
  const changed = JSON.stringify(chosen) !== JSON.stringify(asRecorded);
  return (
    <section className="play-options" aria-label="Other adapter options">
      <p className="quiet">
        The bytes stay the same; Legacy and Simple decode them with these options instead of the recorded ones.
      </p>
      <OptionFields options={chosen} offered={toolsOf(detail, recorded.model)} onChange={setChosen} />
      <p className="play-options-end">
        <Button look="main" onClick={play}>
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
