/** Neither absent nor null: the provider said it. */
export const given = <Value>(value: Value): value is NonNullable<Value> => value !== null && value !== undefined;
