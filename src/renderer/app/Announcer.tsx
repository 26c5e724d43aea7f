import { useAnnouncement } from '../stores/announce.ts';

/** The window's one polite region. Streaming text is not in a live region: it would flood a screen reader. */
export function Announcer() {
  const text = useAnnouncement((state) => state.text);
  return (
    <p className="unseen" role="status" aria-live="polite" data-testid="announcer">
      {text}
    </p>
  );
}
