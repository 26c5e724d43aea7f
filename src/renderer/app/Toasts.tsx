import { useEffect, useState } from 'react';
import { X } from 'lucide-react';
import { Button, IconButton } from '../components/Button.tsx';
import { useCommand } from '../commands/commands.ts';
import { Shown } from '../components/Shown.tsx';
import { closeToast, useToasts, type Toast } from '../stores/toasts.ts';

/** Long enough to read and undo; from the start again after somebody was at it. Errors stay until closed (WCAG 2.2.1). */
const SHOWN_MS = 8000;

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const undoable = toasts.findLast(({ action }) => action?.undoes);
  useCommand('trace.restore', () => undoable && act(undoable), undoable !== undefined);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ShownToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ShownToast({ toast }: { readonly toast: Toast }) {
  const { id, text, tone, action, stays } = toast;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const passes = tone === 'plain' && stays === undefined && !pointed && !focused;
  useEffect(() => {
    if (!passes) return;
    const timer = setTimeout(() => closeToast(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, passes]);
  return (
    <div
      className={`toast ${tone}`}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <span>
        <Shown text={text} />
      </span>
      <div>
        {action && (
          <Button look="line" onClick={() => act(toast)}>
            {action.label}
          </Button>
        )}
        <IconButton icon={X} label="Close" onClick={() => closeToast(id)} />
      </div>
    </div>
  );
}

function act({ id, action }: Toast): void {
  action?.run();
  closeToast(id);
}
