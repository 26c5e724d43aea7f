/** The fields of a frame whose blank line has not come. */
import { isPythonInt } from '../json/python-int.ts';

export class PendingFrame {
  name = '';
  data = '';
  dataLines = 0;
  id: string | undefined = undefined;
  retry: string | undefined = undefined;
  /** A `retry` line held what Python's int() takes; for the Python SDKs that alone makes an event. */
  retryCounts = false;

  /** Takes one field. Returns false when the name is none that SSE knows. */
  set(name: string, value: string): boolean {
    switch (name) {
      case 'data':
        this.data = this.dataLines++ === 0 ? value : `${this.data}\n${value}`;
        return true;
      case 'event':
        this.name = value;
        return true;
      case 'id':
        // An id with NUL in it is ignored, by the standard and the SDKs.
        if (!value.includes('\0')) this.id = value;
        return true;
      case 'retry':
        this.retry = value;
        this.retryCounts ||= isPythonInt(value);
        return true;
      default:
        return false;
    }
  }

  clear(): void {
    this.name = '';
    this.data = '';
    this.dataLines = 0;
    this.id = undefined;
    this.retry = undefined;
    this.retryCounts = false;
  }
}
