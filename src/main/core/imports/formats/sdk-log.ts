/**
 * Debug logs of the openai and anthropic SDKs (OPENAI_LOG=debug, ANTHROPIC_LOG=debug, logLevel: 'debug'). They say that a request
 * was sent and answered; the body of a stream is in none of them (tried with openai 2.x and 7.x, anthropic 1.x).
 */
import { ImportError, type ImportFormat } from '../imported.ts';

const PYTHON = /^\[[\d :,-]+ - (?:openai|anthropic)\._base_client:\d+ - (?:DEBUG|INFO)\] /m;
const JAVASCRIPT = /^\[log_[0-9a-f]{6}\] (?:sending request|response (?:start|parsed)|(?:get|post|put|delete) http)/m;
const LOOKED_AT = 64 * 1024;
/** A program that prints its events between the lines of the log has them after all. */
const EVENTS = /^(?:(?:data: ?)?\{"|[A-Z]\w*\()/m;

export const sdkLog: ImportFormat = {
  id: 'sdk-log',
  label: 'a debug log of an SDK',
  recognizes: ({ text }) =>
    (PYTHON.test(text.slice(0, LOOKED_AT)) || JAVASCRIPT.test(text.slice(0, LOOKED_AT))) && !EVENTS.test(text),
  read: () => {
    throw new ImportError(
      'no-body',
      'This is a debug log of an SDK. It says that a request was sent and answered, but SDKs never log the bytes of a stream. Record the response with curl -N -i, with a proxy such as mitmproxy, or with Tracelane itself.',
    );
  },
};
