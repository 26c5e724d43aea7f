/**
 * A kind of server that requests can be sent to. Several APIs may be spoken by one kind, and one API by several; what
 * belongs to the address, the key and the form on screen is said here. A kind of one provider stands in its folder, one
 * that providers share beside this file.
 */
export interface EndpointKind {
  /** Its name in stored endpoints, and the endpoint type that adapters are told. */
  readonly id: string;
  readonly label: string;
  /** A trace's short name where this kind of server changes how the API behaves; else the API's own is shown. */
  readonly chip?: string;
  /** The provider's own address; null where there is none for all users. */
  readonly baseUrl: string | null;
  /** What a base URL must look like: a hint beside its field, as a sentence. */
  readonly baseUrlHint: string;
  /** The request header that carries the key, lower case, and what stands before the key; null where none does. */
  readonly credential: { readonly header: string; readonly prefix: string } | null;
  /**
   * Environment variables that the provider's own tools read the key from, the usual one first. A key found there goes to
   * the origin of `baseUrl` and to no other.
   */
  readonly keyVariables: readonly string[];
  /**
   * Hosts of servers that speak its APIs, beside that of `baseUrl`, in small letters. `*` stands for any one label. Connections
   * to them are read where a program's are.
   */
  readonly hosts?: readonly string[];
  /** Environment variables that SDKs and tools take their base URL from, the provider's own first. */
  readonly baseUrlVariables?: readonly BaseUrlVariable[];
  /** The version that clients leave out who expect it in their base URL: put before a path that has none. */
  readonly version?: string;
  /** Its address as the environment has it, where `baseUrl` is null. */
  readonly baseUrlIn?: (environment: Readonly<Record<string, string | undefined>>) => string;
  /** Endpoints that many people have, to begin with. */
  readonly presets: readonly EndpointPreset[];
  /** The server's name for the provider at an address, where it is not the kind's id. */
  readonly providerName?: (baseUrl: { readonly hostname: string; readonly port: string }) => string | undefined;
}

export interface BaseUrlVariable {
  readonly name: string;
  /** What readers of this variable add no version to, although the API has one: it stands in the variable's value. */
  readonly version?: string;
  /** Set only where it was set before: its readers are few, and may take it for something else. */
  readonly onlyIfSet?: boolean;
}

export interface EndpointPreset {
  readonly name: string;
  readonly baseUrl: string;
  readonly provider_name: string;
  /** Whether it asks for a key. */
  readonly keyed: boolean;
}
