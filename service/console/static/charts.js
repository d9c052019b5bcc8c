// Draws every [data-chart], an ECharts option as plain data, in the colours of the page.
"use strict";

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);
const colour = (name) => {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
};

function dressed(option) {
  const ink = colour("ink"), muted = colour("muted"), line = colour("line");
  const axis = {
    axisLine: { lineStyle: { color: colour("rule") } }, axisTick: { lineStyle: { color: colour("rule") } },
    axisLabel: { color: muted }, nameTextStyle: { color: muted }, splitLine: { lineStyle: { color: line } },
  };
  return {
    theme: {
      color: ["act", "seal", "medium", "down", "low", "rule"].map(colour),
      backgroundColor: "transparent",
      textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily },
      legend: { textStyle: { color: ink } },
      categoryAxis: axis, valueAxis: axis, timeAxis: axis, logAxis: axis,
    },
    // richText draws tooltips into the picture: as HTML they would carry style attributes
    option: {
      animation: false, aria: { enabled: true },
      ...named(option), tooltip: { renderMode: "richText", confine: true, ...option.tooltip },
    },
  };
}

// As a color, "--high" stands for the one of that name; anywhere else it is what somebody called a shop.
function named(value, key) {
  if (key === "color" && typeof value === "string") return value.startsWith("--") ? colour(value.slice(2)) : value;
  if (Array.isArray(value)) return value.map((one) => named(one));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, named(v, k)]));
  return value;
}

function draw(element) {
  echarts.getInstanceByDom(element)?.dispose();
  const { theme, option } = dressed(JSON.parse(element.dataset.chart));
  echarts.init(element, theme, { renderer: "canvas" }).setOption(option);
}

function drawAll(root) {
  for (const element of root.querySelectorAll("[data-chart]")) draw(element);
}

drawAll(document);
document.addEventListener("htmx:afterSwap", (event) => drawAll(event.detail.target));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
addEventListener("resize", () => {
  for (const element of document.querySelectorAll("[data-chart]")) echarts.getInstanceByDom(element)?.resize();
});
