/**
 * The effect `sleep`: a timer that an abort ends early.
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
