// SPDX-License-Identifier: Apache-2.0
// <time data-timer datetime="...">: minutes and seconds since that moment. Without script it shows when it began.

/** By the device's own clock from when the page came: the server's may be another. */
export function runTimers(): void {
  for (const shown of document.querySelectorAll<HTMLElement>("[data-timer]")) {
    const before = Number(shown.dataset.timer) || 0; // seconds it had run when the page was made
    const tell = (): void => {
      const seconds = Math.max(0, Math.floor(before + performance.now() / 1000));
      shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    tell();
    window.setInterval(tell, 1000);
  }
}
