import type { Result } from "./measurement.ts";

const [barHeight, gap, labelWidth, barWidth] = [18, 6, 150, 420];

/** A bar chart of CPU per event, one group for each number of destinations, as an SVG that reads on light and dark. */
export function chart(results: readonly Result[], bytes: number): string {
  const shown = results.filter((one) => one.bytes === bytes);
  const groups = [...new Set(shown.map(({ destinations }) => destinations))];
  const most = Math.max(...shown.map(({ cpuUs }) => cpuUs));
  // A square root keeps small bars visible; the figures beside the bars are the measure.
  const widthOf = (cpuUs: number) => Math.max(1, Math.sqrt(cpuUs / most) * barWidth);
  let y = 40;
  const parts: string[] = [];
  for (const destinations of groups) {
    parts.push(text(0, y + 12, `${destinations} destination${destinations === 1 ? "" : "s"}`, "title"));
    y += 24;
    for (const { contender, cpuUs } of shown.filter((one) => one.destinations === destinations)) {
      const kind = contender.startsWith("tracecast") ? "ours" : "other";
      parts.push(text(0, y + 13, contender, "label"));
      parts.push(
        `<rect class="${kind}" x="${labelWidth}" y="${y}" width="${widthOf(cpuUs).toFixed(1)}" height="${barHeight}" rx="3"/>`,
      );
      parts.push(text(labelWidth + widthOf(cpuUs) + 8, y + 13, `${Math.round(cpuUs)} µs`, "label"));
      y += barHeight + gap;
    }
    y += 14;
  }
  const width = labelWidth + barWidth + 90;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="CPU per event">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.ours { fill: #0969da }
.other { fill: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #4493f8 } .other { fill: #6e7681 } }
</style>
${text(0, 16, `CPU per event of ${bytes / 1000} KB: less is better (widths by square root)`, "title")}
${parts.join("\n")}
</svg>
`;
}

const text = (x: number, y: number, words: string, kind: string): string =>
  `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${words}</text>`;
