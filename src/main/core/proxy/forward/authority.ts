/**
 * A certificate authority for one program alone: it vouches for the hosts whose connections that program lets be read. Its key
 * is made when the program starts, never leaves the memory of this thread, and is gone with the session.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

/** RFC 5758, 3.2: ecdsa-with-SHA256. */
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const DAY_MS = 24 * 3_600_000;
/** A program may run for long; its certificates are worth nothing after it. */
const VALID_MS = 365 * DAY_MS;
/** Clocks of one machine agree, but those of a container may not, and one that ran ahead is set back while the program runs. */
const VALID_BEFORE_MS = 7 * DAY_MS;
const SERIAL_BYTES = 16;

interface Pair {
  readonly privateKey: KeyObject;
  /** As a certificate has it, in DER. */
  readonly publicKey: Buffer;
}

/** As RFC 5280 has the parts of a certificate. */
interface Issue {
  readonly subject: string;
  readonly publicKey: Buffer;
  readonly extensions: readonly Extension[];
}

export class CertificateAuthority {
  /** What the program must trust, in PEM. */
  readonly certificate: string;
  readonly #name = `Tracelane, for one program (${randomBytes(4).toString('hex')})`;
  readonly #own = newPair();
  /** Of the hosts, all of which have the same key. */
  readonly #hosts = newPair();
  readonly #contexts = new Map<string, SecureContext>();

  constructor() {
    this.certificate = this.#issue({
      subject: this.#name,
      publicKey: this.#own.publicKey,
      extensions: [
        extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
        extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
        extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(this.#own.publicKey))),
      ],
    });
  }

  /** `host`: a name or an address, without a port. */
  contextFor(host: string): SecureContext {
    const before = this.#contexts.get(host);
    if (before) return before;
    const { privateKey, publicKey } = this.#hosts;
    const certificate = this.#issue({
      subject: 'Tracelane',
      publicKey,
      extensions: [
        extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
        extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
        extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
        extension(id_ce_subjectAltName, new SubjectAlternativeName([generalName(host)])),
        extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(publicKey))),
      ],
    });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const context = createSecureContext({ key, cert: certificate });
    this.#contexts.set(host, context);
    return context;
  }

  #issue({ subject, publicKey, extensions }: Issue): string {
    const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_SHA256 });
    const issuer = new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyId(this.#own.publicKey)) });
    const toBeSigned = new TBSCertificate({
      version: Version.v3,
      serialNumber: serial(),
      signature: algorithm,
      issuer: nameOf(this.#name),
      validity: new Validity({
        notBefore: new Date(Date.now() - VALID_BEFORE_MS),
        notAfter: new Date(Date.now() + VALID_MS),
      }),
      subject: nameOf(subject),
      subjectPublicKeyInfo: AsnConvert.parse(publicKey, SubjectPublicKeyInfo),
      extensions: new Extensions([...extensions, extension(id_ce_authorityKeyIdentifier, issuer)]),
    });
    const bytes = Buffer.from(AsnConvert.serialize(toBeSigned));
    const certificate = new Certificate({
      tbsCertificate: toBeSigned,
      signatureAlgorithm: algorithm,
      signatureValue: bufferOf(sign('sha256', bytes, this.#own.privateKey)),
    });
    return pem(Buffer.from(AsnConvert.serialize(certificate)));
  }
}

function newPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }) };
}

/** RFC 5280, 4.2.1.2: an identifier that is derived from the key. */
const keyId = (publicKey: Buffer): ArrayBuffer => bufferOf(createHash('sha1').update(publicKey).digest());

/** Positive, as RFC 5280, 4.1.2.2 has it, and of one length. */
function serial(): ArrayBuffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bufferOf(bytes);
}

const extension = (extnID: string, value: object, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

const nameOf = (text: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: text }) }),
    ]),
  ]);

const generalName = (host: string): GeneralName =>
  isIPv4(host) || isIPv6(host) ? new GeneralName({ iPAddress: host }) : new GeneralName({ dNSName: host });

const bufferOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
