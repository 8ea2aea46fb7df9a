/**
 * A pool's password policy as rules that a page can show while somebody types: from what the
 * application knows of it, and from what the pool says when it refuses a password.
 */
import { AuthError } from "../errors/auth-error.js";

/** The policy, as the pool's settings name it. What is absent is not asked for. */
export interface PasswordPolicy {
  /** 6 to 99. */
  minimumLength?: number;
  requireUppercase?: boolean;
  requireLowercase?: boolean;
  requireNumbers?: boolean;
  requireSymbols?: boolean;
}

/** Stable name of a rule, to choose the page's own words by. */
export type PasswordRuleName =
  | "length"
  | "uppercase"
  | "lowercase"
  | "number"
  | "symbol"
  /** No space at the beginning or the end. */
  | "spaces";

/** One rule. */
export interface PasswordRule {
  readonly name: PasswordRuleName;
  /**
   * With `length`: the fewest characters. A refusal does not tell the number: then one more than the
   * refused password had, or absent.
   */
  readonly minimum?: number;
  /** Whether a password keeps the rule. */
  check(password: string): boolean;
}

/** What is known beside the source of {@link passwordRules}. */
export interface KnownRules {
  /** The password that was refused. */
  refused?: string;
  /** Rules that were known before: none is forgotten. */
  known?: readonly PasswordRule[];
}

/**
 * The rules of a policy, or those that a refusal names (`invalidPassword`, and `invalidParameter` about
 * a password), together with the ones known before.
 *
 * @example
 * let rules = passwordRules({ minimumLength: 8, requireNumbers: true });
 * const open = rules.filter((rule) => !rule.check(password));
 * // … and when the pool refuses all the same:
 * rules = passwordRules(error, { refused: password, known: rules });
 */
export function passwordRules(
  source: PasswordPolicy | AuthError,
  { refused, known = [] }: KnownRules = {},
): PasswordRule[] {
  const found =
    source instanceof AuthError ? rulesOfRefusal(source, refused) : rulesOfPolicy(source);
  const rules = new Map(known.map((rule) => [rule.name, rule]));
  for (const rule of found) {
    const before = rules.get(rule.name);
    if (!before || (rule.minimum ?? 0) > (before.minimum ?? 0)) rules.set(rule.name, rule);
  }
  return ORDER.flatMap((name) => rules.get(name) ?? []);
}

function rulesOfPolicy(policy: PasswordPolicy): PasswordRule[] {
  return [
    ...(policy.minimumLength ? [length(policy.minimumLength)] : []),
    ...(policy.requireUppercase ? [pattern("uppercase")] : []),
    ...(policy.requireLowercase ? [pattern("lowercase")] : []),
    ...(policy.requireNumbers ? [pattern("number")] : []),
    ...(policy.requireSymbols ? [pattern("symbol")] : []),
  ];
}

function rulesOfRefusal({ code, service }: AuthError, refused?: string): PasswordRule[] {
  const text = service?.message ?? "";
  if (code === "invalidParameter" && /at '(password|proposedPassword)'/i.test(text)) {
    const least = /length greater than or equal to (\d+)/.exec(text)?.[1];
    if (least) return [length(Number(least))];
    return text.includes("regular expression") ? [pattern("spaces")] : [];
  }
  if (code !== "invalidPassword") return [];
  const rules = WORDS.filter(([words]) => words.test(text)).map(([, name]) => pattern(name));
  if (/not long enough|too short/i.test(text)) {
    const least = /\b(\d+)\b/.exec(text)?.[1];
    if (least) rules.push(length(Number(least)));
    else rules.push(length(refused === undefined ? undefined : count(refused) + 1));
  }
  return rules;
}

function length(minimum: number | undefined): PasswordRule {
  const check = (password: string) => count(password) >= (minimum ?? 1);
  return minimum === undefined ? { name: "length", check } : { name: "length", minimum, check };
}

function pattern(name: keyof typeof PATTERNS): PasswordRule {
  return { name, check: (password) => PATTERNS[name].test(password) };
}

function count(password: string): number {
  return [...password].length;
}

/** What the service counts: letters and digits of the basic Latin set, and its list of symbols. */
const PATTERNS = {
  uppercase: /[A-Z]/,
  lowercase: /[a-z]/,
  number: /[0-9]/,
  symbol: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S \S/,
  spaces: /^\S(.*\S)?$/s,
};

/** The service's words: "Password must have uppercase characters". */
const WORDS: readonly [RegExp, keyof typeof PATTERNS][] = [
  [/uppercase/i, "uppercase"],
  [/lowercase/i, "lowercase"],
  [/numeric|number/i, "number"],
  [/symbol|special/i, "symbol"],
  [/(leading|trailing).*space/i, "spaces"],
];

const ORDER: readonly PasswordRuleName[] = [
  "length",
  "uppercase",
  "lowercase",
  "number",
  "symbol",
  "spaces",
];
