// SPDX-License-Identifier: Apache-2.0
// MapLibre with its worker as a file of our own: without this line the bundle has no worker and the map stays blank.
import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";

maplibregl.setWorkerUrl(workerUrl);

export { maplibregl };
