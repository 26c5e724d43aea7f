/** `ipcMain`, and the frames that speak to it. */
import { EventEmitter } from 'node:events';
import { cloned } from '../json.ts';
import type { FrameInfo } from '../protocol.ts';
import { browser, tell } from './browser.ts';
import type { MessagePortMain } from './ports.ts';

export const ipcMain = new EventEmitter();

export class WebFrameMain {
  readonly #contents: number;
  readonly #id: string;
  readonly url: string;
  readonly parent: WebFrameMain | null;

  constructor(contents: number, info: FrameInfo) {
    this.#contents = contents;
    this.#id = info.id;
    this.url = info.url;
    this.parent = info.parent && new WebFrameMain(contents, info.parent);
  }

  get top(): WebFrameMain {
    return this.parent ? this.parent.top : this;
  }

  send(channel: string, ...args: readonly unknown[]): void {
    tell(browser.send(this.#contents, this.#id, channel, args.map(cloned), []));
  }

  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const copy = cloned(message);
    tell(
      browser.send(
        this.#contents,
        this.#id,
        channel,
        [copy],
        transfer.map((port) => port.transfer()),
      ),
    );
  }
}
