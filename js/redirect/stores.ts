/**
 * The browser's own stores for what is no session; without one, nothing is kept.
 */
type Area = "localStorage" | "sessionStorage";

export function get(area: Area, key: string): string | null {
  try {
    return globalThis[area].getItem(key);
  } catch {
    return null;
  }
}

/** Sets a value, or removes it; whether that worked. */
export function set(area: Area, key: string, value?: string | number): boolean {
  try {
    if (value === undefined) globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, String(value));
    return true;
  } catch {
    return false;
  }
}
