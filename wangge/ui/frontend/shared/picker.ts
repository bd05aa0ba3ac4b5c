// SPDX-License-Identifier: Apache-2.0
// The pin of a report: set by click, by dragging, by "put the pin here" for the keyboard, or by typing the coordinates.
// After every change the body hears `placed`, on which the page asks the server for the grid.
import { highlight, type maplibregl, newPin } from "./maplibre";

/** Streets and grids around a typed place can be told from each other at this zoom. */
const CLOSE = 14;

export function pickerMap(map: maplibregl.Map, box: HTMLElement): void {
  const form = box.closest("form")!;
  const lon = form.elements.namedItem("lon") as HTMLInputElement;
  const lat = form.elements.namedItem("lat") as HTMLInputElement;
  const accuracy = form.elements.namedItem("accuracy_m") as HTMLInputElement | null;
  const marker = newPin(true);

  function place(at: { lng: number; lat: number }): void {
    lon.value = at.lng.toFixed(6);
    lat.value = at.lat.toFixed(6);
    if (accuracy) accuracy.value = ""; // a pin set by hand has no measured accuracy
    marker.setLngLat(at).addTo(map);
    told();
  }

  function typed(): void {
    for (const input of [lon, lat]) input.value = input.value.normalize("NFKC").trim(); // wide digits of an input method
    const at = { lng: Number(lon.value), lat: Number(lat.value) };
    const possible = lon.value && lat.value && Math.abs(at.lng) <= 180 && Math.abs(at.lat) <= 90;
    if (!possible) marker.remove();
    else {
      marker.setLngLat(at).addTo(map);
      map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), CLOSE) });
    }
    told();
  }

  function told(): void {
    document.body.dispatchEvent(new CustomEvent("placed"));
  }

  map.on("click", (event) => place(event.lngLat));
  marker.on("dragend", () => place(marker.getLngLat()));
  lon.addEventListener("change", typed);
  lat.addEventListener("change", typed);
  form.querySelector("[data-pin-centre]")?.addEventListener("click", () => place(map.getCenter()));
  document.body.addEventListener("htmx:afterSwap", () => highlight(map));
  map.getCanvas().classList.add("map-crosshair");
  if (lon.value && lat.value) typed();
}
