/** Requests that browsers copy as a command or as code: their answer is not in them. */
import { ImportError, type ImportFormat } from '../imported.ts';

const COPIED =
  /^\s*(?:\$ )?(?:curl(?:\.exe)? \S|(?:await )?fetch\("|Invoke-(?:WebRequest|RestMethod) |\$session = New-Object Microsoft\.PowerShell)/;
/** What the command printed may follow it. */
const ANSWER = /^(?:data|event): ?\S|^\{"|^HTTP\/\d|^[<*] /m;

export const requestOnly: ImportFormat = {
  id: 'request-only',
  label: 'a request',
  recognizes: ({ text }) => COPIED.test(text.slice(0, 1024)) && !ANSWER.test(text),
  read: () => {
    throw new ImportError(
      'no-body',
      'This is a request, as a browser copies it, without its answer. Run it with curl -N -i and import what it prints, or save a HAR file with content.',
    );
  },
};
