import type { ComponentProps, ReactNode } from 'react';
import type { LucideIcon } from 'lucide-react';
import { Icon } from './Icon.tsx';
import { Tip } from './Tooltip.tsx';
import './button.css';

interface ButtonProps extends ComponentProps<'button'> {
  /** plain: text only. line: a control edge. main: the one action of its place. */
  readonly look?: 'plain' | 'line' | 'main';
  readonly size?: 'normal' | 'big';
  readonly icon?: LucideIcon;
  readonly children?: ReactNode;
}

export function Button({ look = 'plain', size = 'normal', icon, className = '', children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={`btn ${look} ${size} ${className}`} {...rest}>
      {icon && <Icon of={icon} size={14} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: LucideIcon;
  /** Its name, also shown as a tooltip. */
  readonly label: string;
  /** Key chord shown in the tooltip. */
  readonly chord?: string;
}

export function IconButton({ icon, label, chord, className = '', ...rest }: IconButtonProps) {
  return (
    <Tip text={label} {...(chord === undefined ? {} : { chord })}>
      <button type="button" className={`btn plain icon ${className}`} aria-label={label} {...rest}>
        <Icon of={icon} />
      </button>
    </Tip>
  );
}
