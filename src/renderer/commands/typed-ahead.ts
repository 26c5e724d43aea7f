/** What is typed between asking for the palette and the moment when its field has the focus: it belongs into the field. */

let waiting = '';
let receiver: ((text: string) => void) | null = null;

export function typeAhead(text: string): void {
  if (receiver) receiver(text);
  else waiting += text;
}

/** Gives what was typed so far, and what is from now on. Returns the function that ends that. */
export function receiveTyped(take: (text: string) => void): () => void {
  receiver = take;
  if (waiting !== '') take(waiting);
  forgetTyped();
  return () => {
    receiver = null;
  };
}

export function forgetTyped(): void {
  waiting = '';
}
