// SPDX-License-Identifier: Apache-2.0
// A form is sent once, and shows only the fields its chosen result needs. Without script all fields show and the server decides.

/** A second click sends nothing; the server would answer it with the first result anyway (hidden key). */
export function guardSubmits(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    // After the browser has read the pressed button's own value.
    setTimeout(() => form.querySelectorAll<HTMLButtonElement>("button:not([type=button])").forEach((b) => (b.disabled = true)));
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      form.querySelectorAll<HTMLButtonElement>("button").forEach((b) => (b.disabled = false));
    }
  });
  document.addEventListener("change", (event) => {
    const changed = event.target as HTMLInputElement;
    if (changed.type === "file") tellPicked(changed);
    if (changed.form) showWhatApplies(changed.form);
  });
}

/** The names of the chosen files, beside the button that stands for the browser's own control. */
function tellPicked(input: HTMLInputElement): void {
  const told = input.closest(".field")?.querySelector<HTMLElement>("[data-picked]");
  if (told) told.textContent = [...(input.files ?? [])].map((file) => file.name).join(", ");
}

/** `data-when="explained forced"` on a field: shown while the form's `result`, or what `data-by` names, is one of these. */
export function showWhatApplies(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLElement>("[data-when]")) {
    const chosen = field.closest("form")?.querySelector<HTMLInputElement>(`input[name=${field.dataset.by ?? "result"}]:checked`)?.value ?? "";
    field.hidden = !field.dataset.when!.split(" ").includes(chosen);
  }
}
