// Every chart: <div data-mk-chart="id of a json_script">. The data is plain, colours come from the tokens,
// words stay in the page (title, unit, source, the same numbers as a table).
// {kind: "bar"|"line", horizontal?: bool, categories: [str], series: [{name, data: [number|null], tone?: str}]}
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

const TONES = { hu: "--hu", bao: "--bao", action: "--action", done: "--done", wait: "--amber-500", over: "--over", calm: "--line-strong" };
const ORDER = ["action", "done", "bao", "wait", "calm"];
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

const css = (name, el) => getComputedStyle(el).getPropertyValue(name).trim();
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

function axis(el, size, data) {
  return {
    type: "category",
    data,
    axisLine: { lineStyle: { color: css("--line-strong", el) } },
    axisTick: { show: false },
    axisLabel: { color: css("--ink-2", el), fontSize: size },
  };
}

function values(el, size, shown) {
  return {
    type: "value",
    show: shown,
    axisLabel: { color: css("--ink-2", el), fontSize: size },
    splitLine: { lineStyle: { color: css("--line-2", el) } },
  };
}

function series(el, size, spec) {
  const side = spec.horizontal ? "right" : "top";
  return spec.series.map((one, i) => {
    const color = css(TONES[one.tone] ?? TONES[ORDER[i % ORDER.length]], el);
    const label = { show: true, position: side, color: css("--ink-2", el), fontSize: size - 1 };
    if (spec.kind === "line") {
      return { type: "line", name: one.name, data: one.data, color, symbolSize: 7, lineStyle: { width: 2.5 }, label: { ...label, show: spec.series.length === 1 } };
    }
    const radius = spec.horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0];
    return { type: "bar", name: one.name, data: one.data, barMaxWidth: 28, barGap: "20%", itemStyle: { color, borderRadius: radius }, label };
  });
}

function option(el, spec) {
  const size = Math.round(13 * rem());
  const many = spec.series.length > 1;
  const names = axis(el, size, spec.categories);
  const numbers = values(el, size, spec.kind === "line");
  return {
    animation: !still.matches,
    textStyle: { fontFamily: css("--font", el) },
    legend: many ? { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: css("--ink-2", el), fontSize: size } } : undefined,
    grid: { left: 4, right: 36, top: many ? 34 * rem() : 22, bottom: 4, containLabel: true },
    xAxis: spec.horizontal ? numbers : names,
    yAxis: spec.horizontal ? { ...names, inverse: true } : numbers,
    series: series(el, size, spec),
  };
}

document.querySelectorAll("[data-mk-chart]").forEach((el) => {
  const source = document.getElementById(el.dataset.mkChart);
  if (!source) return;
  const spec = JSON.parse(source.textContent);
  const chart = init(el, null, { renderer: "svg" });
  const draw = () => chart.setOption(option(el, spec), true);
  draw();
  new ResizeObserver(() => {
    chart.resize();
    draw();
  }).observe(el);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme", "data-mk-elder"] });
});
