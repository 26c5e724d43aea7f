/** A modal dialog over the window. It is open as long as it is mounted; Escape, the backdrop and its cross close it. */
import { useRef, type ReactNode, type RefObject } from 'react';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { IconButton } from './Button.tsx';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at its foot, and what is to be said beside them. */
  readonly footer?: ReactNode;
  /** Beside the title. */
  readonly lead?: ReactNode;
  readonly className?: string;
  /** What gets the focus first; else the dialog itself, whose title is then read. False: what is in it sees to that. */
  readonly initialFocus?: false | RefObject<HTMLElement | null> | ((popup: HTMLElement) => HTMLElement | null);
  /** The title is said, not shown. */
  readonly bare?: boolean;
}

export function Dialog({
  title,
  onClose,
  children,
  footer,
  lead,
  className = '',
  initialFocus,
  bare = false,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const first = () =>
    typeof initialFocus === 'function'
      ? initialFocus(popup.current!)
      : (initialFocus && initialFocus.current) || popup.current;
  return (
    <Base.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="dialog-back" />
        <Base.Viewport className="dialog-view">
          <Base.Popup
            ref={popup}
            className={`dialog ${className}`}
            initialFocus={initialFocus === false ? false : first}
          >
            {bare ? (
              <Base.Title className="unseen">{title}</Base.Title>
            ) : (
              <header className="dialog-head">
                <Base.Title>{title}</Base.Title>
                {lead}
                <Base.Close render={<IconButton icon={X} label="Close" chord="Escape" className="push" />} />
              </header>
            )}
            {children}
            {footer !== undefined && <footer className="dialog-foot">{footer}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
