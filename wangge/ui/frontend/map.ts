// SPDX-License-Identifier: Apache-2.0
// Maps: <div data-map="picker|case|board">. Their geography comes from our own GeoJSON; there is no tile or font server.
// Every map has a list or fields beside it that say the same.
import { boardMap } from "./shared/board";
import { openMap, showPlace, showWholeCity } from "./shared/maplibre";
import { pickerMap } from "./shared/picker";

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) {
  try {
    const map = openMap(box);
    map.on("load", async () => {
      if (box.dataset.map !== "case") await showWholeCity(map);
      box.dataset.ready = "1";
      if (box.dataset.map === "board") boardMap(map, box);
      if (box.dataset.map === "picker") pickerMap(map, box);
      if (box.dataset.map === "case") showPlace(map, box);
    });
  } catch {
    // No WebGL: the fields and lists beside the map do the same work.
    box.classList.add("map-failed");
    box.textContent = box.dataset.textFailed ?? "";
  }
}
