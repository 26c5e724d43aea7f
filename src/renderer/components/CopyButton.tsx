import { Copy } from 'lucide-react';
import { IconButton } from './Button.tsx';
import { copyText } from './copy.ts';

interface CopyButtonProps {
  /** Names what is copied, in the tooltip and in the message. */
  readonly what: string;
  /** Asked for when it is pressed. */
  readonly text: () => string | Promise<string>;
}

export function CopyButton({ what, text }: CopyButtonProps) {
  return (
    <IconButton
      icon={Copy}
      label={`Copy ${what}`}
      className="copy"
      onClick={() => void copyText(what[0]!.toUpperCase() + what.slice(1), text())}
    />
  );
}
