/** Exactly the same type, not merely assignable. */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when the value is of the type. */
export function expectType<T>(_value: T): void {}
