import type { ReactElement, ReactNode } from 'react';
import { Tooltip } from '@base-ui/react/tooltip';
import { Key } from './Key.tsx';
import './tooltip.css';

export { Tooltip } from '@base-ui/react/tooltip';

interface TipProps {
  readonly text: ReactNode;
  readonly chord?: string;
  /** The one element it explains. It keeps its own accessible name: a tooltip is for the eye. */
  readonly children: ReactElement<Record<string, unknown>>;
}

export function Tip({ text, chord, children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="tip-layer">
          <Tooltip.Popup className="tip" aria-hidden>
            {text}
            {chord !== undefined && <Key chord={chord} />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
