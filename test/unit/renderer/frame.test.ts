/** What is drawn together: each frame of the screen has the window laid out and painted once more. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.stubGlobal('document', { addEventListener() {}, hidden: false });
let screen: (() => void)[] = [];
vi.stubGlobal('requestAnimationFrame', (frame: () => void) => screen.push(frame));
const { fillFrame, forgetFrame, itemsInFrame, onFrameAfter, onNextFrame, roomInFrame, withFrame } =
  await import('../../../src/renderer/stores/frame.ts');

/** Draws what was asked for so far. */
async function frame(): Promise<void> {
  for (const asked of screen.splice(0)) asked();
  await Promise.resolve();
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(async () => {
  await frame();
  vi.useRealTimers();
});

describe('a frame', () => {
  it('is waited for by what may come with it, and comes once for all', async () => {
    const drawn: string[] = [];
    onFrameAfter(33, () => drawn.push('text'));
    withFrame(() => drawn.push('numbers'));
    expect(screen).toHaveLength(0);
    vi.advanceTimersByTime(33);
    expect(screen).toHaveLength(1);
    await frame();
    expect(drawn).toEqual(['text', 'numbers']);
  });

  it('comes next where none is asked for or was drawn just now, or only one that is far', async () => {
    vi.advanceTimersByTime(60_000);
    withFrame(() => {});
    expect(screen).toHaveLength(1);
    await frame();
    vi.advanceTimersByTime(100);
    const far = () => {};
    onFrameAfter(250, far);
    withFrame(() => {});
    expect(screen).toHaveLength(1);
    forgetFrame(far);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is waited for while frames keep coming, though none is asked for yet', async () => {
    const drawn: string[] = [];
    onNextFrame(() => drawn.push('text'));
    await frame();
    withFrame(() => drawn.push('numbers'));
    expect(screen).toHaveLength(0);
    vi.advanceTimersByTime(30);
    onNextFrame(() => drawn.push('more text'));
    await frame();
    expect(drawn).toEqual(['text', 'more text', 'numbers']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('comes for what waited when no other does', async () => {
    const drawn: string[] = [];
    onNextFrame(() => drawn.push('text'));
    await frame();
    withFrame(() => drawn.push('numbers'));
    vi.advanceTimersByTime(60);
    await frame();
    expect(drawn).toEqual(['text', 'numbers']);
  });

  it('comes for what waited when nobody wants the awaited one any more', async () => {
    const drawn: string[] = [];
    const text = () => drawn.push('text');
    onFrameAfter(33, text);
    withFrame(() => drawn.push('numbers'));
    forgetFrame(text);
    vi.advanceTimersByTime(60);
    await frame();
    expect(drawn).toEqual(['numbers']);
  });

  it('comes for what waited when the awaited one was due, and is not wanted any more', async () => {
    const drawn: string[] = [];
    const text = () => drawn.push('text');
    onFrameAfter(33, text);
    withFrame(() => drawn.push('numbers'));
    vi.advanceTimersByTime(33);
    forgetFrame(text);
    vi.advanceTimersByTime(27);
    await frame();
    expect(drawn).toEqual(['numbers']);
  });

  it('is not waited for by what is forgotten', () => {
    const [text, numbers] = [() => {}, () => {}];
    onFrameAfter(33, text);
    withFrame(numbers);
    forgetFrame(numbers);
    forgetFrame(text);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has room for one item at least, however large, until it is full', async () => {
    expect(itemsInFrame(roomInFrame() / 4)).toBe(4);
    expect(itemsInFrame(roomInFrame() * 4)).toBe(1);
    fillFrame(roomInFrame());
    expect([itemsInFrame(1), itemsInFrame(100_000)]).toEqual([0, 0]);
    await frame();
    expect(itemsInFrame(100_000)).toBe(1);
  });
});
