/** Branded ids: strings at run time, told apart by the compiler. */
declare const brand: unique symbol;
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A trace: one recorded request and its response. */
export type TraceId = Branded<'trace'>;
/** A configured endpoint: base URL + kind + key. */
export type EndpointId = Branded<'endpoint'>;

export const traceId = (text: string): TraceId => text as TraceId;
export const endpointId = (text: string): EndpointId => text as EndpointId;
