/** Sentences for screen readers: few and whole, never the stream itself (WCAG 4.1.3). */
import { create } from 'zustand';

export const useAnnouncement = create<{ readonly text: string }>()(() => ({ text: '' }));

export const announce = (text: string): void => useAnnouncement.setState({ text });
