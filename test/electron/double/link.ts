/** Calls between two processes over Node's own channel: each side offers functions, and sees the other's as promises. */

export type Offer = Readonly<Record<string, (...args: never[]) => unknown>>;
export type Remote<Functions extends Offer> = {
  readonly [Name in keyof Functions]: (
    ...args: Parameters<Functions[Name]>
  ) => Promise<Awaited<ReturnType<Functions[Name]>>>;
};

/** `process` in a child, the child's handle in its parent. */
export interface Side {
  send?(message: unknown, sent: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

type Frame =
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly message: string };

/** Calls arrive in the order in which they were made. Those still open when the other side goes are rejected. */
export function link<Theirs extends Offer>(side: Side, ours: Offer): Remote<Theirs> {
  const open = new Map<number, { readonly name: string; resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 0;
  let gone = false;

  const send = (frame: Frame) => side.send?.(frame, (error) => error && leave());
  function leave(): void {
    gone = true;
    for (const { name, reject } of open.values())
      reject(new Error(`The other process has gone before it answered ${name}.`));
    open.clear();
  }

  async function answer({ id, name, args }: Extract<Frame, { type: 'call' }>): Promise<void> {
    try {
      const run = ours[name] as ((...args: readonly unknown[]) => unknown) | undefined;
      if (!run) throw new Error(`There is no handler for ${name}.`);
      send({ type: 'result', id, value: await run(...args) });
    } catch (error) {
      send({ type: 'error', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  side.on('disconnect', leave);
  side.on('message', (message) => {
    const frame = message as Frame;
    if (frame.type === 'call') {
      void answer(frame);
      return;
    }
    const call = open.get(frame.id);
    open.delete(frame.id);
    if (frame.type === 'result') call?.resolve(frame.value);
    else call?.reject(new Error(frame.message));
  });

  const call = (name: string, args: readonly unknown[]): Promise<unknown> => {
    const answered = new Promise((resolve, reject) => {
      if (gone) {
        reject(new Error('The other process has gone.'));
        return;
      }
      const id = next++;
      open.set(id, { name, resolve, reject });
      send({ type: 'call', id, name, args });
    });
    // Who waits for the answer still hears of it; a call that nobody waits for must not end the test when a process ends.
    answered.catch(() => undefined);
    return answered;
  };
  return new Proxy(
    {},
    {
      get:
        (_target, name) =>
        (...args: readonly unknown[]) =>
          call(String(name), args),
    },
  ) as Remote<Theirs>;
}
