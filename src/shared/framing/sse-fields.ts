/** The fields of a frame whose blank line has not come. */
import type { SseFields } from '../model/stream.ts';

export class PendingFields implements SseFields {
  name = '';
  data = '';
  dataLines = 0;
  id: string | undefined = undefined;
  retries: string[] | undefined = undefined;
  /** A line named one of the four fields. */
  any = false;
  /** A line ended with CR alone. */
  bareCr = false;

  /** Takes one field. Returns false when the name is none that SSE knows. */
  set(name: string, value: string): boolean {
    switch (name) {
      case 'data':
        this.data = this.dataLines++ === 0 ? value : `${this.data}\n${value}`;
        break;
      case 'event':
        this.name = value;
        break;
      case 'id':
        // An id with NUL in it is ignored, by the standard and the SDKs.
        if (!value.includes('\0')) this.id = value;
        break;
      case 'retry':
        (this.retries ??= []).push(value);
        break;
      default:
        return false;
    }
    this.any = true;
    return true;
  }

  clear(): void {
    this.name = '';
    this.data = '';
    this.dataLines = 0;
    this.id = undefined;
    this.retries = undefined;
    this.any = false;
    this.bareCr = false;
  }
}
