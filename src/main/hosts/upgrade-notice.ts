/** What people are told while the traces are upgraded to the newest format, before the program can answer: at the terminal and in the window. */
import { durationWords } from '../../shared/text/duration.ts';
import { readRendererFile, type RendererFile } from './renderer-files.ts';

/** About what a small computer manages of the copy and the new indexes together. */
const BYTES_A_SECOND = 50e6;
const LEAST_SECONDS = 2;
/** The page looks again after so many seconds. */
const AGAIN_S = 1;

/** `bytes`: of the file. */
export function upgradeSentences(bytes: number): readonly string[] {
  const seconds = Math.max(LEAST_SECONDS, Math.ceil(bytes / BYTES_A_SECOND));
  return [
    `The trace file (${Math.ceil(bytes / 1e6)} MB) is being upgraded to the format of this version.`,
    `This usually takes up to ${durationWords(seconds)}, and longer while the computer is busy.`,
    'Do not end Tracelane meanwhile. If it ends, no trace is lost: the next start upgrades the file again.',
  ];
}

/** What stands in the place of the window's page, in its style; it is loaded again until the window itself is there. */
export async function upgradePage(rendererDir: string, bytes: number): Promise<RendererFile> {
  const page = await readRendererFile(rendererDir, '/');
  const style = /<link rel="stylesheet"[^>]*>/.exec(new TextDecoder().decode(page?.bytes))?.[0] ?? '';
  const [fact, ...others] = upgradeSentences(bytes);
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="dark light" />
    <meta http-equiv="refresh" content="${AGAIN_S}" />
    <title>Tracelane: upgrading</title>
    ${style}
  </head>
  <body>
    <main class="notice">
      <h1>${fact}</h1>
      ${others.map((sentence) => `<p>${sentence}</p>`).join('\n      ')}
    </main>
  </body>
</html>
`;
  return { bytes: new TextEncoder().encode(html), type: 'text/html; charset=utf-8' };
}
