/** Images that a value holds, each drawn only when it is asked for. Nothing is ever fetched. */
import { useMemo, useState } from 'react';
import { Button } from './Button.tsx';
import { byteSize } from './format.ts';
import { imagesIn, urlOf, type HeldImage } from './held-images.ts';
import './held-images.css';

export function HeldImages({ value }: { readonly value: unknown }) {
  const images = useMemo(() => imagesIn(value), [value]);
  return images.map((image, at) => <Held key={at} image={image} />);
}

function Held({ image }: { readonly image: HeldImage }) {
  const [url, setUrl] = useState<string | null>(null);
  const [broken, setBroken] = useState(false);
  const what = `${image.type.toUpperCase()} image, ${byteSize(image.bytes)}`;
  const show = () => {
    const next = urlOf(image);
    setBroken(next === null);
    setUrl(next);
  };
  return (
    <div className="held-image" onClick={(event) => event.stopPropagation()}>
      <div>
        <span className="quiet">{what}</span>
        <Button look="line" aria-expanded={url !== null} onClick={url === null ? show : () => setUrl(null)}>
          {url === null ? 'Show image' : 'Hide image'}
        </Button>
      </div>
      {broken && (
        <p className="said">This image is damaged or too large to be drawn. Copy the event to open it elsewhere.</p>
      )}
      {url !== null && !broken && <img src={url} alt={`${what}, from the stream`} onError={() => setBroken(true)} />}
    </div>
  );
}
