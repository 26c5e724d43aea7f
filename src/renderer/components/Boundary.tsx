/**
 * Where a fault of the window ends: what throws inside it, while it is drawn, in an effect or because its code did not
 * load, is replaced by a card, and everything outside goes on.
 */
import { Component, useCallback, useState, type ErrorInfo, type ReactNode } from 'react';
import { Copy, RotateCcw } from 'lucide-react';
import { faultSentence, reportNow } from '../stores/faults.ts';
import { setPane } from '../stores/app.ts';
import { Button } from './Button.tsx';
import { copyText } from './copy.ts';
import { Glyph } from './Glyph.tsx';
import './boundary.css';

interface BoundaryProps {
  /** What is inside, as the subject of a sentence: `The Compare tab`. */
  readonly what: string;
  readonly children: ReactNode;
  /** Names what it shows at the moment: with another, the card gives way and what is inside is tried again. */
  readonly shows?: string;
  /** It shows a trace: its raw bytes are offered instead. */
  readonly raw?: boolean;
  /** Has room for one line only. */
  readonly slim?: boolean;
  /** Stands around the card, where a card alone would not be seen. */
  readonly frame?: (card: ReactNode) => ReactNode;
}

interface BoundaryState {
  readonly failed: { readonly error: unknown } | null;
  readonly components: string | null;
  /** Counts the tries, so that each begins anew. */
  readonly tries: number;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: null, components: null, tries: 0 };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { failed: { error } };
  }

  override componentDidCatch(_error: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ components: componentStack ?? null });
  }

  override componentDidUpdate({ shows }: BoundaryProps): void {
    if (this.state.failed !== null && shows !== this.props.shows) this.#again();
  }

  readonly #again = (): void => this.setState(({ tries }) => ({ failed: null, tries: tries + 1 }));

  override render(): ReactNode {
    const { what, children, raw = false, slim = false, frame } = this.props;
    const { failed, components, tries } = this.state;
    if (failed === null) return <Tried key={tries}>{children}</Tried>;
    const fault = { what, error: failed.error, components };
    const card = (
      <div className={`fault ${slim ? 'slim' : ''}`} role="alert">
        <Glyph name="error" size={14} className="k-error" />
        <div>
          <p title={faultSentence(fault)}>{faultSentence(fault)}</p>
          {!slim && <p className="quiet">The rest of the window goes on working.</p>}
          <p className="fault-ways">
            <Button look="line" icon={RotateCcw} onClick={this.#again}>
              Try again
            </Button>
            <Button look="line" icon={Copy} onClick={() => void copyText('Report', reportNow(fault))}>
              Copy report
            </Button>
            {raw && (
              <Button look="line" onClick={() => setPane('raw')}>
                Show raw bytes
              </Button>
            )}
          </p>
        </div>
      </div>
    );
    return frame ? frame(card) : card;
  }
}

/** Gives each try a key of its own. */
const Tried = ({ children }: { readonly children: ReactNode }) => children;

/** For what runs outside of React, such as a drawing once a frame: its fault becomes one of the component. */
export function useContained(): (task: () => void) => void {
  const [, setState] = useState(null);
  return useCallback((task) => {
    try {
      task();
    } catch (error) {
      setState(() => {
        throw error;
      });
    }
  }, []);
}
