/** Sentences for screen readers: few and whole, never the stream itself (WCAG 4.1.3). */
import { create } from 'zustand';

interface Announcement {
  readonly text: string;
  /** Said on screen as well, for a while: an answer to a key that found nothing. */
  readonly shown: string | null;
}

const SHOWN_MS = 4_000;
let fading: ReturnType<typeof setTimeout> | undefined;

export const useAnnouncement = create<Announcement>()(() => ({ text: '', shown: null }));

export function announce(text: string): void {
  clearTimeout(fading);
  useAnnouncement.setState({ text, shown: null });
}

/** The same where eyes see it too, at the foot of the window. */
export function answer(text: string): void {
  announce(text);
  useAnnouncement.setState({ shown: text });
  fading = setTimeout(() => useAnnouncement.setState({ shown: null }), SHOWN_MS);
}
