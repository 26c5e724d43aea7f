import { X } from 'lucide-react';
import { Button, IconButton } from '../components/Button.tsx';
import { closeToast, useToasts } from '../stores/toasts.ts';

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, text, tone, action }) => (
        <div key={id} className={`toast ${tone}`}>
          <span>{text}</span>
          <div>
            {action && (
              <Button
                look="line"
                onClick={() => {
                  action.run();
                  closeToast(id);
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton icon={X} label="Close" onClick={() => closeToast(id)} />
          </div>
        </div>
      ))}
    </div>
  );
}
