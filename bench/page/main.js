import { drawChart } from "./chart.js";
import { ours, peers } from "./implementations/index.js";
import { measure } from "./measure.js";

const settings = new URLSearchParams(location.search);
const status = document.querySelector("#status");

/** Called by the run over WebDriver, or by the button. */
async function run() {
  document.querySelector("#run").disabled = true;
  const only = settings.get("only")?.split(",");
  const all = [...ours[settings.has("kernel") ? "kernel" : "package"], ...peers];
  const rows = await measure(only ? all.filter(({ name }) => only.includes(name)) : all, {
    rounds: Number(settings.get("rounds") ?? 9),
    report: (text) => {
      status.textContent = text;
    },
  });
  drawChart(document.querySelector("#chart"), rows);
  status.textContent = "done";
  return rows;
}

document.querySelector("#run").addEventListener("click", () => {
  run().catch((error) => {
    status.textContent = String(error);
  });
});
globalThis.bench = { run };
