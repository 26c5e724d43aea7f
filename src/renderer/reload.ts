/** In the page while `npm run dev` runs, and only then: loads it again when there is a new build. */
const EVERY_MS = 500;
let shown: string | undefined;

async function look(): Promise<void> {
  try {
    // A file, because then no host needs a way of its own to tell.
    const answer = await fetch('./build.json', { cache: 'no-store' });
    const build = answer.ok ? await answer.text() : shown;
    shown ??= build;
    if (build !== shown) location.reload();
  } catch {
    // The host is being started again.
  }
  setTimeout(() => void look(), EVERY_MS);
}

void look();
