/** The window's own type as CSS that loads nothing, for pages that leave it. */
import mono from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?url';
import sans from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import { base64Of } from '../../../shared/text/base64.ts';

const FACES = [
  ['Inter Variable', sans],
  ['JetBrains Mono Variable', mono],
] as const;

/** Rejects where a font cannot be read. */
export async function fontFaces(): Promise<string> {
  const faces = FACES.map(async ([family, url]) => {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    return `@font-face{font-family:"${family}";font-weight:100 900;src:url(data:font/woff2;base64,${base64Of(bytes)})}`;
  });
  return (await Promise.all(faces)).join('');
}
