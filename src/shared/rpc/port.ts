/**
 * What a host gives to the contract: a two-way channel of whole text frames, in order. Frames are strings before they touch
 * it, because a value that cannot be cloned closes a MessagePort.
 */
export interface Port {
  /** Frames sent after the port closed are dropped: the other side learns of it by its own close. */
  send(frame: string): void;
  onMessage(listener: (frame: string) => void): void;
  /** Called once, whoever closed it. */
  onClose(listener: () => void): void;
  close(): void;
}
