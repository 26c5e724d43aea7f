import type { ComponentProps, ReactNode } from 'react';
import './field.css';

interface FieldProps extends ComponentProps<'input'> {
  /** In front of the text: an icon, tags. */
  readonly lead?: ReactNode;
  /** Behind it: a key. */
  readonly trail?: ReactNode;
}

export function Field({ lead, trail, className = '', ...rest }: FieldProps) {
  return (
    <label className={`field ${className}`}>
      {lead}
      <input {...rest} />
      {trail}
    </label>
  );
}
