/** Sounds that a value holds, each saved as a file only when it is asked for. Nothing is ever fetched or played. */
import { useMemo, useState } from 'react';
import { Download } from 'lucide-react';
import { Button } from './Button.tsx';
import { byteSize } from './format.ts';
import { soundFile, soundsIn, type HeldSound } from './held-sounds.ts';
import { saveFile } from './save-file.ts';
import './held-images.css';

interface HeldSoundsProps {
  readonly value: unknown;
  /** Of the files, without their ending. */
  readonly name: string;
  /** What they are of, where that is not what they stand at. */
  readonly of?: string;
}

export function HeldSounds({ value, name, of }: HeldSoundsProps) {
  const sounds = useMemo(() => soundsIn(value), [value]);
  return sounds.map((sound, at) => (
    <Held key={at} sound={sound} of={of} name={sounds.length === 1 ? name : `${name}-${at + 1}`} />
  ));
}

interface HeldProps extends Pick<HeldSoundsProps, 'name'> {
  readonly sound: HeldSound;
  readonly of: string | undefined;
}

function Held({ sound, name, of }: HeldProps) {
  const [broken, setBroken] = useState(false);
  const save = () => {
    const file = soundFile(sound);
    setBroken(file === null);
    if (file) saveFile(`${name}.${file.ending}`, file.content);
  };
  const what = sound.type === 'pcm' ? `PCM sound, ${sound.rate} Hz` : `${sound.type.toUpperCase()} sound`;
  return (
    <div className="held-image" onClick={(event) => event.stopPropagation()}>
      <div>
        <span className="quiet">{`${of === undefined ? '' : `${of}: `}${what}, ${byteSize(sound.bytes)}`}</span>
        <Button look="line" icon={Download} onClick={save}>
          {sound.type === 'pcm' ? 'Save as WAV' : 'Save sound'}
        </Button>
      </div>
      {broken && (
        <p className="said">This sound is damaged or too large to be saved. Copy the event to open it elsewhere.</p>
      )}
    </div>
  );
}
