/**
 * The effect `sleep`: a timer that an abort ends early; and waiting for others no longer than so long.
 */
export async function sleep({ ms }: { ms: number }, signal?: AbortSignal): Promise<object | null> {
  let end = () => {};
  await new Promise<void>((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
    signal?.addEventListener("abort", end);
  });
  signal?.removeEventListener("abort", end);
  return signal?.aborted ? { error: "aborted" } : null;
}

/** What `work` comes to, or `late` when it takes longer than `ms`. */
export async function within<T, L = undefined>(
  work: Promise<T>,
  ms: number,
  late?: L,
): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<L>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
