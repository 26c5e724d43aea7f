/** The export formats, in the order in which they are offered. */
import type { ExportFormat } from '../exported.ts';
import { aimock } from './aimock.ts';
import { body } from './body.ts';
import { bundle } from './bundle.ts';
import { curl, powershell } from './curl.ts';
import { fixture } from './fixture.ts';
import { har } from './har.ts';
import { traceEvents } from './trace-events.ts';

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  bundle,
  body,
  har,
  curl,
  powershell,
  traceEvents,
  aimock,
  fixture,
];

export const exportFormat = (id: string): ExportFormat | undefined => EXPORT_FORMATS.find((one) => one.id === id);
