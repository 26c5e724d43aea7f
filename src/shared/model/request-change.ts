/** What of a request that is sent is not as it was written: each thing that the program adds, moves or leaves out. */
export interface RequestChange {
  /** By this it is switched off: `body.stream`, `headers.anthropic-version`. */
  readonly id: string;
  readonly where: 'body' | 'headers' | 'address';
  /** A field of the body by its path (`stream_options.include_usage`), the name of a header, or what of the address. */
  readonly name: string;
  /** As it is sent: of the body as JSON, else as text. Null: it is taken out. */
  readonly value: string | null;
  /** A sentence. */
  readonly why: string;
  /** No request goes out without it. */
  readonly fixed?: true;
  /** Switched off for this request, which went out without it. */
  readonly off?: true;
}
