/** The formats of files that hold exchanges, in the order in which a file is tried: the plainest sign first. */
import type { ImportFormat } from '../imported.ts';
import { bundle } from './bundle.ts';
import { cassette } from './cassette.ts';
import { curlInclude, curlTrace, curlVerbose } from './curl.ts';
import { fixture } from './fixture.ts';
import { har } from './har.ts';
import { jsonExchanges } from './json-exchanges.ts';
import { mitmdump } from './mitmdump.ts';
import { mitmproxy } from './mitmproxy.ts';
import { requestOnly } from './request-only.ts';
import { sdkLog } from './sdk-log.ts';
import { wgetDebug } from './wget.ts';

export const IMPORT_FORMATS: readonly ImportFormat[] = [
  bundle,
  har,
  mitmproxy,
  mitmdump,
  cassette,
  fixture,
  curlTrace,
  wgetDebug,
  curlInclude,
  curlVerbose,
  sdkLog,
  requestOnly,
  jsonExchanges,
];
