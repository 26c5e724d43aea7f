import { Glyph } from '../../components/Glyph.tsx';
import { Tip } from '../../components/Tooltip.tsx';
import { openOverlay } from '../../stores/app.ts';
import { useCapture } from '../../stores/capture.ts';
import './capture.css';

/** The capture proxy's port, or that it does not listen; opens the lines to copy. */
export function CapturePort() {
  const { info } = useCapture();
  if (info === null) return null;
  const port = info.url === null ? null : new URL(info.url).port;
  return (
    <Tip text={info.problem ?? info.remark ?? 'Capture a program'} chord="p">
      <button type="button" className="btn plain capture-port" onClick={() => openOverlay('capture')}>
        <Glyph
          name={port === null ? 'never' : 'complete'}
          size={12}
          className={port === null ? 'k-error' : info.remark === undefined ? 'k-sel' : 'k-warn'}
        />
        {port === null ? 'Not capturing' : `:${port}`}
      </button>
    </Tip>
  );
}
