/** What is typed of an endpoint, and what is wrong with it; the contract's own schema decides. */
import {
  endpointInputSchema,
  type EndpointInfo,
  type EndpointKindInfo,
  type ParamsOf,
} from '../../../shared/rpc/contract.ts';
import { OPENAI } from '../../../shared/providers/kinds/openai.ts';

/** Fields as text, since that is what is typed; `answer` or `silence` empty waits for ever. */
export interface EndpointForm {
  readonly name: string;
  readonly baseUrl: string;
  readonly type: string;
  readonly provider_name: string;
  readonly answer: string;
  readonly silence: string;
  /** A new key; '' leaves what is kept. */
  readonly key: string;
  readonly lendsKey: boolean;
}
export type FormErrors = Readonly<Partial<Record<keyof EndpointForm, string>>>;

export const EMPTY_FORM: EndpointForm = {
  name: '',
  baseUrl: '',
  type: OPENAI.id,
  provider_name: OPENAI.id,
  answer: '',
  silence: '',
  key: '',
  lendsKey: false,
};

export const formOf = ({ name, baseUrl, type, provider_name, limits, lendsKey }: EndpointInfo): EndpointForm => ({
  name,
  baseUrl,
  type,
  provider_name,
  answer: typed(limits.answer),
  silence: typed(limits.silence),
  key: '',
  lendsKey: lendsKey === true,
});

/** An endpoint that many people have. */
export type Preset = EndpointKindInfo['presets'][number] & Pick<EndpointForm, 'type'>;

/** Those of providers first, then those of servers on one's own machine. */
export const presetsOf = (kinds: readonly EndpointKindInfo[]): readonly Preset[] =>
  kinds
    .flatMap(({ id, presets }) => presets.map((preset) => ({ ...preset, type: id })))
    .toSorted((a, b) => Number(b.keyed) - Number(a.keyed));

export const withPreset = (form: EndpointForm, { name, baseUrl, type, provider_name }: Preset): EndpointForm => ({
  ...form,
  name,
  baseUrl,
  type,
  provider_name,
});

/** A provider's name that only repeats the type follows it; one that was written stays. */
export function withType(form: EndpointForm, type: string, kinds: readonly EndpointKindInfo[]): EndpointForm {
  const follows = form.provider_name === '' || kinds.some(({ id }) => id === form.provider_name);
  return { ...form, type, provider_name: follows ? type : form.provider_name };
}

type EndpointInput = ParamsOf<'endpoints.save'>;

export function readForm(
  form: EndpointForm,
  id?: EndpointInfo['id'],
): { readonly input: EndpointInput } | { readonly errors: FormErrors } {
  const input = {
    ...(id !== undefined && { id }),
    name: form.name.trim(),
    baseUrl: form.baseUrl.trim(),
    type: form.type,
    provider_name: form.provider_name.trim(),
    limits: { answer: seconds(form.answer), silence: seconds(form.silence) },
    ...(form.lendsKey && { lendsKey: true }),
  };
  const checked = endpointInputSchema.safeParse(input);
  if (checked.success) return { input };
  const errors: { -readonly [Key in keyof FormErrors]: FormErrors[Key] } = {};
  for (const issue of checked.error.issues) {
    const field = issue.path.at(-1) as keyof EndpointForm;
    errors[field] ??= SENTENCES[field] ?? issue.message;
  }
  return { errors };
}

const seconds = (text: string): number | null => (text.trim() === '' ? null : Number(text));
const typed = (limit: number | null): string => (limit === null ? '' : String(limit));

const LIMIT = 'Enter 1 to 3,600 seconds.';
const SENTENCES: FormErrors = {
  name: 'Enter a name of 1 to 200 characters.',
  baseUrl: 'Enter a full URL that starts with http:// or https://.',
  provider_name: 'Enter at most 200 characters.',
  answer: `${LIMIT} If left empty, a run waits until it is stopped.`,
  silence: `${LIMIT} If left empty, a run has no idle timeout.`,
};

/** What may be said of a key that is kept: never the key. */
export const keyText = (key: EndpointInfo['key']): string =>
  key.last4 === undefined ? 'key set' : `key ends in ${key.last4}`;
