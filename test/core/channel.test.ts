/** Requests, responses and notifications over a port: each request is answered, whatever becomes of it. */
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import {
  Channel,
  remote,
  Transferred,
  UNTOLD,
  type ChannelMessage,
  type Handlers,
} from '../../src/main/core/worker/channel.ts';
import { monotonicMs } from '../../src/main/core/worker/monotonic.ts';
import { ServiceError } from '../../src/shared/rpc/services.ts';
import { unreadable } from '../support/unreadable.ts';

const opened: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of opened.splice(0)) port1.close();
});

/** Two sides; each serves what it is given. */
function pair<Near extends Handlers, Far extends Handlers>(
  near: Near,
  far: (near: Channel<Near>) => Far,
): { readonly channel: Channel<Far>; readonly post: (message: ChannelMessage) => void } {
  const ports = new MessageChannel();
  opened.push(ports);
  void new Channel<Near>(ports.port2, far);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window: it has no origin.
  return { channel: new Channel<Far>(ports.port1, () => near), post: (message) => ports.port1.postMessage(message) };
}

describe('a request', () => {
  test('resolves with what the handler gives, each with its own, also when a later one is done first', async () => {
    const first = Promise.withResolvers<string>();
    const { channel } = pair({}, () => ({
      slow: () => first.promise,
      sum: (a: number, b: number) => {
        first.resolve('slow');
        return a + b;
      },
    }));
    expect(await Promise.all([channel.request('slow', []), channel.request('sum', [2, 3])])).toEqual(['slow', 5]);
  });

  test('rejects with the error of the handler: a ServiceError keeps its code', async () => {
    const { channel } = pair({}, () => ({
      refuse: () => {
        throw new ServiceError('not-found', 'There is none.');
      },
      fail: async () => {
        throw new TypeError('broken');
      },
    }));
    await expect(channel.request('refuse', [])).rejects.toEqual(new ServiceError('not-found', 'There is none.'));
    await expect(channel.request('fail', [])).rejects.toThrow('broken');
  });

  test('may be given up: it rejects with the reason, and a response that comes later is dropped', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const { channel } = pair({}, () => ({ wait: () => promise, now: () => 2 }));
    const givingUp = new AbortController();
    const request = channel.request('wait', [], { signal: givingUp.signal });
    const reason = new Error('It is known from elsewhere.');
    givingUp.abort(reason);
    await expect(request).rejects.toBe(reason);
    resolve(1);
    expect(await channel.request('now', [])).toBe(2);
  });

  test('has no response where the handler says that none is needed', async () => {
    const { channel } = pair({}, () => ({ untold: () => UNTOLD, now: () => 2 }));
    let responded = false;
    void channel.request('untold', []).then(() => (responded = true));
    expect(await channel.request('now', [])).toBe(2);
    expect(responded).toBe(false);
  });

  test('rejects where nothing has its name, and where its arguments or its result cannot be sent', async () => {
    const { channel } = pair({}, () => ({ give: () => () => 0, take: (_value: unknown) => 0 }));
    const any = channel as unknown as Channel<Handlers>;
    await expect(any.request('toString', [])).rejects.toThrow('There is no handler for toString.');
    await expect(channel.request('give', [])).rejects.toThrow('could not be cloned');
    await expect(channel.request('take', [() => 0])).rejects.toThrow('could not be cloned');
    expect(await channel.request('take', [1])).toBe(0);
  });

  test('that takes too long rejects, and its late answer changes nothing', async () => {
    const late = Promise.withResolvers<number>();
    const { channel } = pair({}, () => ({ late: () => late.promise, now: () => 'now' }));
    await expect(channel.request('late', [], { timeLimitMs: 1 })).rejects.toMatchObject({ code: 'too-long' });
    late.resolve(1);
    expect(await channel.request('now', [])).toBe('now');
  });

  test('that cannot be read, or whose result cannot be, rejects; the next one is answered', async () => {
    const { channel } = pair({}, () => ({ give: () => unreadable(), take: (_value: unknown) => 1 }));
    await expect(channel.request('take', [unreadable()])).rejects.toThrow('could not be read');
    await expect(channel.request('give', [])).rejects.toThrow('could not be read');
    expect(await channel.request('take', [1])).toBe(1);
  });

  test('that was given up is not carried out later', async () => {
    const done: string[] = [];
    const { channel, post } = pair({}, () => ({ do: (what: string) => done.push(what) }));
    post({ type: 'request', id: 1000, name: 'do', args: ['given up'], deadline: monotonicMs() - 1 });
    await channel.request('do', ['in time'], { timeLimitMs: 60_000 });
    expect(done).toEqual(['in time']);
  });

  test('rejects when the other side has gone', async () => {
    const { channel } = pair({}, () => ({ never: () => new Promise(() => undefined) }));
    const requests = [channel.request('never', []), channel.request('never', [])];
    channel.fail(new Error('gone'));
    expect((await Promise.allSettled(requests)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('goes in both directions, also while the other one waits', async () => {
    const { channel } = pair({ bytes: (id: string) => new Uint8Array([id.length]) }, (near) => {
      const { bytes } = remote(near, ['bytes']);
      return { length: async (id: string) => (await bytes(id))[0] };
    });
    expect(await channel.request('length', ['four'])).toBe(4);
  });

  test('moves buffers instead of copying them', async () => {
    const sent = new Uint8Array([1, 2, 3]);
    const { channel } = pair({}, () => ({
      echo: (bytes: Uint8Array<ArrayBuffer>) => new Transferred({ bytes }, [bytes.buffer]),
    }));
    const { bytes } = await channel.request('echo', [sent], { transfer: [sent.buffer] });
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(sent.length).toBe(0);
  });
});

test('a notification is carried out in order with requests, and has no answer', async () => {
  const done: string[] = [];
  const { channel } = pair({}, () => ({ do: (what: string) => void done.push(what), list: () => done }));
  channel.notify('do', ['one']);
  channel.notify('do', ['two']);
  expect(await channel.request('list', [])).toEqual(['one', 'two']);
});
