/** The foot of a dialog that does one thing: what is in the way or will happen, a way back, and the deed. */
import { useId, type ReactNode } from 'react';
import type { LucideIcon } from 'lucide-react';
import { Button } from './Button.tsx';
import './dialog.css';

interface DialogFootProps {
  /** Said beside the buttons, and of the deed's button to who cannot see it. */
  readonly status: string | null;
  readonly onCancel: () => void;
  readonly icon: LucideIcon;
  readonly disabled: boolean;
  readonly onDo: () => void;
  /** What the deed's button says. */
  readonly children: ReactNode;
}

export function DialogFoot({ status, onCancel, icon, disabled, onDo, children }: DialogFootProps) {
  const statusId = useId();
  return (
    <>
      <p id={statusId} role="status" className="dialog-status">
        {status}
      </p>
      <Button size="big" onClick={onCancel}>
        Cancel
      </Button>
      <Button look="main" size="big" icon={icon} disabled={disabled} aria-describedby={statusId} onClick={onDo}>
        {children}
      </Button>
    </>
  );
}
