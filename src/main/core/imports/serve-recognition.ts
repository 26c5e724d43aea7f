/** The side of the thread that finds out what files hold: what a file can choose to cost is paid here, and no stream waits for it. */
import type { Api } from '../../../shared/model/stream.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Channel, type ChannelPort } from '../worker/channel.ts';
import type { Closable } from '../worker/worker-thread.ts';
import { ImportError } from './imported.ts';
import { recognize, type RecognizedFile } from './recognize.ts';

/** What the thread is given when it starts: nothing more. */
export interface RecognitionData {
  readonly recognizes: true;
}

export interface RecognitionHandlers extends Closable {
  /** Rejects with the code and the sentence of an ImportError. */
  readonly recognize: (name: string, bytes: Uint8Array, api: Api | null) => RecognizedFile;
  readonly [name: string]: (...args: never[]) => unknown;
}

export function serveRecognition(port: ChannelPort & { close(): void }): void {
  void new Channel<Record<never, never>>(port, (): RecognitionHandlers => ({
    recognize: (name, bytes, api) => told(() => recognize(name, bytes, api)),
    close: () => port.close(),
  }));
}

/** Its errors as those of a service. */
export function told<Value>(recognizing: () => Value): Value {
  try {
    return recognizing();
  } catch (error) {
    throw error instanceof ImportError ? new ServiceError(error.code, error.message) : error;
  }
}
