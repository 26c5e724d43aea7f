import { Button } from '../../components/Button.tsx';
import type { Comparison } from './use-comparison.ts';

/** Why there is no comparison, and another try. */
export function Failed({
  className,
  problem,
  retry,
}: { readonly className: string; readonly problem: string } & Pick<Comparison, 'retry'>) {
  return (
    <div className={className}>
      <p>The lanes could not be compared: {problem}</p>
      <Button look="line" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}
