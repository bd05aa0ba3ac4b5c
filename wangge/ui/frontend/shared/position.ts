// SPDX-License-Identifier: Apache-2.0
// "Use my position": fills the longitude, latitude and accuracy of the form the button stands in.
export function offerPosition(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-locate]");
    const form = button?.closest("form");
    if (!button || !form) return;
    const told = form.querySelector<HTMLElement>("[data-locate-told]");
    const tell = (text: string | undefined): void => {
      if (told) told.textContent = text ?? "";
    };
    if (!navigator.geolocation) return tell(button.dataset.failed);
    tell(button.dataset.waiting);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put(form, "lon", coords.longitude.toFixed(6));
        put(form, "lat", coords.latitude.toFixed(6));
        put(form, "accuracy_m", coords.accuracy.toFixed(0));
        tell(button.dataset.done?.replace("{m}", coords.accuracy.toFixed(0)));
      },
      () => tell(button.dataset.failed),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });
}

function put(form: HTMLFormElement, name: string, value: string): void {
  const input = form.elements.namedItem(name);
  if (!(input instanceof HTMLInputElement)) return;
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
