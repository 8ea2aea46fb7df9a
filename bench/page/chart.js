const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Bars of the medians, the shortest first. */
export function drawChart(list, rows) {
  const bars = rows.map(({ implementation, about, samplesMs }) => ({ implementation, about, ms: median(samplesMs) }));
  const longest = Math.max(...bars.map(({ ms }) => ms));
  list.replaceChildren(
    ...bars
      .sort((a, b) => a.ms - b.ms)
      .map(({ implementation, about, ms }) => {
        const item = document.createElement("li");
        item.title = about;
        const name = document.createElement("span");
        name.textContent = implementation;
        const bar = document.createElement("div");
        bar.style.width = `${(100 * ms) / longest}%`;
        const value = document.createElement("b");
        value.textContent = `${ms.toFixed(1)} ms`;
        item.append(name, bar, value);
        return item;
      }),
  );
}
