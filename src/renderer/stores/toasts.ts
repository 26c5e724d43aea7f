/** Short messages at the foot of the window, with one thing to do about them. */
import { create } from 'zustand';

export interface ToastAction {
  readonly label: string;
  /** It undoes what the toast tells of, as the key of undoing does while it is shown. */
  readonly undoes?: true;
  readonly run: () => void;
}
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
  readonly action?: ToastAction;
  /** Why something failed: of several that failed for it, the last one stands. */
  readonly why?: string;
  /** Until it is closed, whatever others come. */
  readonly stays?: true;
}

let last = 0;

export const useToasts = create<{ readonly toasts: readonly Toast[] }>()(() => ({ toasts: [] }));

export function closeToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

function show(toast: Omit<Toast, 'id'>): number {
  const id = ++last;
  useToasts.setState(({ toasts }) => {
    const passing = toasts
      .filter(({ stays, why }) => stays === undefined && (why === undefined || why !== toast.why))
      .slice(-2);
    return { toasts: [...toasts.filter((one) => one.stays === true || passing.includes(one)), { ...toast, id }] };
  });
  return id;
}

/** Goes by itself after a while, unless somebody is at it. */
export function toast(text: string, action?: ToastAction): void {
  show({ text, tone: 'plain', ...(action && { action }) });
}

/** What work says that goes on. */
export type WorkNotice = Pick<Toast, 'text' | 'action'>;

/** Tells of work that goes on: `say` brings it up to date. */
export function toastWork(notice: WorkNotice): {
  readonly say: (notice: WorkNotice) => void;
  readonly close: () => void;
} {
  const id = show({ ...notice, tone: 'plain', stays: true });
  return {
    say: (now) =>
      useToasts.setState(({ toasts }) => ({
        toasts: toasts.map((one) => (one.id === id ? { id, ...now, tone: 'plain', stays: true } : one)),
      })),
    close: () => closeToast(id),
  };
}

/** A fault of the window, with a way to tell of it. */
export function toastFault(text: string, action: ToastAction): void {
  show({ text, tone: 'error', action });
}

/** `what` failed, and why; a sentence without its full stop. */
export function toastError(what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  show({ text: `${what}: ${why}`, tone: 'error', why });
}
