import { X } from 'lucide-react';
import { Button, IconButton } from '../components/Button.tsx';
import { useCommand } from '../commands/commands.ts';
import { closeToast, useToasts, type Toast } from '../stores/toasts.ts';

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const undoable = toasts.findLast(({ action }) => action?.undoes);
  useCommand('trace.restore', () => undoable && act(undoable), undoable !== undefined);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => {
        const { id, text, tone, action } = toast;
        return (
          <div key={id} className={`toast ${tone}`}>
            <span>{text}</span>
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
      })}
    </div>
  );
}

function act({ id, action }: Toast): void {
  action?.run();
  closeToast(id);
}
