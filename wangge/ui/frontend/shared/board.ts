// SPDX-License-Identifier: Apache-2.0
// Open cases per supervision grid as colours and numbers. The figures are read from the table beside the map
// (rows with data-grid and data-open), so that map and table never disagree; the table is renewed by htmx.
import type { FeatureCollection } from "geojson";
import { maplibregl } from "./maplibre";

const COLOURS = ["#fbfcfd", "#d3e4f1", "#9cc4e2", "#5b9bc9", "#2a6f9f"];

/** From this zoom on a name has room for the number below it; further out the number goes before the name. */
const NAMED = 12.5;

export function boardMap(map: maplibregl.Map, box: HTMLElement): void {
  const source = map.getSource<maplibregl.GeoJSONSource>("grids")!;
  let grids: FeatureCollection | undefined;

  function paint(): void {
    if (!grids) return;
    const open = new Map<string, number>();
    for (const row of document.querySelectorAll<HTMLElement>("[data-grid]")) {
      open.set(row.dataset.grid!, Number(row.dataset.open));
    }
    const most = Math.max(4, ...open.values());
    const from = [1, Math.ceil(most / 4) + 1, Math.ceil(most / 2) + 1, Math.ceil((3 * most) / 4) + 1];
    for (const feature of grids.features) feature.properties!.open = open.get(feature.properties!.code as string) ?? 0;
    source.setData(grids);
    map.setPaintProperty("grid-fill", "fill-color", [
      "step",
      ["get", "open"],
      COLOURS[0]!,
      ...from.flatMap((bound, i) => [bound, COLOURS[i + 1]!]),
    ] as unknown as maplibregl.ExpressionSpecification);
    legend(box, [0, ...from]);
    box.dataset.painted = String([...open.values()].reduce((sum, n) => sum + n, 0));
  }

  map.addLayer({
    id: "grid-open",
    type: "symbol",
    source: "grids",
    filter: [">", ["coalesce", ["get", "open"], 0], 0],
    maxzoom: NAMED,
    layout: { "text-field": ["to-string", ["get", "open"]], "text-size": 12 },
    paint: { "text-color": "#12212c", "text-halo-color": "#ffffff", "text-halo-width": 1.2 },
  });
  const both: maplibregl.ExpressionSpecification = ["concat", ["get", "name"], "\n", ["to-string", ["coalesce", ["get", "open"], 0]]];
  map.setLayoutProperty("grid-name", "text-field", ["step", ["zoom"], ["get", "name"], NAMED, both]);
  map.setLayoutProperty("grid-name", "text-offset", ["step", ["zoom"], ["literal", [0, 1.3]], NAMED, ["literal", [0, 0]]]);
  map.on("click", "grid-fill", (event) => {
    const code = event.features?.[0]?.properties.code as string | undefined;
    document.querySelector<HTMLElement>(`[data-grid="${CSS.escape(code ?? "")}"] a`)?.focus();
  });
  void fetch(box.dataset.gridsUrl!)
    .then((answer) => answer.json())
    .then((found: FeatureCollection) => {
      grids = found;
      paint();
    });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    if ((event as CustomEvent<{ target: Element }>).detail.target.id === "grid-rows") paint();
  });
}

function legend(box: HTMLElement, bounds: number[]): void {
  const items = box.closest("section")?.querySelectorAll<HTMLElement>("[data-legend] li");
  items?.forEach((item, i) => {
    const next = bounds[i + 1];
    const upper = next === undefined ? "+" : next - 1 > bounds[i]! ? `–${next - 1}` : "";
    item.querySelector("span")!.textContent = `${bounds[i]}${upper}`;
  });
}
