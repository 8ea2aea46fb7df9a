/** Times in words. */

/** `58 min 03 s`, `2 h 05 min`, `7 s`. */
export function duration(seconds: number): string {
  const whole = Math.abs(Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 48) return `${Math.floor(hours / 24)} days`;
  if (hours > 0) return `${hours} h ${pad(minutes)} min`;
  if (minutes > 0) return `${minutes} min ${pad(rest)} s`;
  return `${rest} s`;
}

/** `in 58 min 03 s`, `7 s ago`. */
export function relative(unixSeconds: number, nowMs: number): string {
  const distance = unixSeconds - nowMs / 1000;
  return distance >= 0 ? `in ${duration(distance)}` : `${duration(distance)} ago`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
