// SPDX-License-Identifier: Apache-2.0
// MapLibre with its worker as a file of our own: without this line the bundle has no worker and the map stays blank.
import type { FeatureCollection } from "geojson";
import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";

maplibregl.setWorkerUrl(workerUrl);

const FONTS = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

const PIN = "#c2410c";

/** The city's outline and supervision grids in `box`, centred as its data-attributes say. Throws without WebGL. */
export function openMap(box: HTMLElement): maplibregl.Map {
  const { lon, lat, zoom, outlineUrl, gridsUrl } = box.dataset;
  const map = new maplibregl.Map({
    container: box,
    center: [Number(lon), Number(lat)],
    zoom: Number(zoom),
    minZoom: 8,
    maxZoom: 18,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    localIdeographFontFamily: FONTS,
    locale: {
      "NavigationControl.ZoomIn": box.dataset.textZoomIn ?? "",
      "NavigationControl.ZoomOut": box.dataset.textZoomOut ?? "",
      "Map.Title": box.dataset.textTitle ?? "",
      "Marker.Title": box.dataset.textPin ?? "",
    },
    style: {
      version: 8,
      sources: {
        outline: { type: "geojson", data: outlineUrl ?? EMPTY },
        grids: { type: "geojson", data: gridsUrl ?? EMPTY, promoteId: "code" },
        place: { type: "geojson", data: EMPTY },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#e4e9ed" } },
        { id: "city", type: "fill", source: "outline", paint: { "fill-color": "#fbfcfd" } },
        { id: "grid-fill", type: "fill", source: "grids", paint: { "fill-color": "#fbfcfd", "fill-opacity": 0.9 } },
        { id: "grid-line", type: "line", source: "grids", paint: { "line-color": "#a9b8c4", "line-width": 0.8 } },
        { id: "city-line", type: "line", source: "outline", paint: { "line-color": "#3d5568", "line-width": 1.8 } },
        { id: "place-fill", type: "fill", source: "place", paint: { "fill-color": "#1d6fa5", "fill-opacity": 0.18 } },
        { id: "place-line", type: "line", source: "place", paint: { "line-color": "#1d6fa5", "line-width": 2 } },
        {
          id: "grid-name",
          type: "symbol",
          source: "grids",
          // where names would lie over each other, the map leaves some out until one looks closer
          layout: { "text-field": ["get", "name"], "text-size": 11, "text-max-width": 7, "text-padding": 3 },
          paint: { "text-color": "#42525f", "text-halo-color": "#ffffff", "text-halo-width": 1.2 },
        },
      ],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  return map;
}

export async function showWholeCity(map: maplibregl.Map): Promise<void> {
  const bounds = await map.getSource<maplibregl.GeoJSONSource>("outline")?.getBounds();
  if (bounds && !bounds.isEmpty()) map.fitBounds(bounds, { padding: 14, duration: 0 });
}

/** A pin; the marker bears its name, its drawing is none of a screen reader's business. */
export function newPin(draggable = false): maplibregl.Marker {
  const pin = new maplibregl.Marker({ color: PIN, draggable });
  pin.getElement().querySelector("svg")?.setAttribute("aria-hidden", "true");
  return pin;
}

/** Draws the grid whose address stands in the nearest [data-highlight-url], and the pin of a case. */
export function showPlace(map: maplibregl.Map, box: HTMLElement): void {
  highlight(map);
  const { pinLon, pinLat } = box.dataset;
  if (pinLon && pinLat) newPin().setLngLat([Number(pinLon), Number(pinLat)]).addTo(map);
}

export function highlight(map: maplibregl.Map): void {
  const url = document.querySelector<HTMLElement>("[data-highlight-url]")?.dataset.highlightUrl;
  map.getSource<maplibregl.GeoJSONSource>("place")?.setData(url || EMPTY);
}

export { maplibregl };
