// The form of a word that a number asks for.

export interface Forms {
  one: string;
  other: string;
}

/** Makes the chooser of a language; forms that only some languages have fall back to `other`. */
export function pluralsOf(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) =>
    (rules.select(count) === "one" ? forms.one : forms.other).replace("#", numbers.format(count));
}
