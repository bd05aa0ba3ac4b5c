// SPDX-License-Identifier: Apache-2.0
// Live updates: the server tells which cases moved (ids only); panels fetch what they show by themselves.
const FIRST_MS = 200; // a first movement is shown within this time
const PACE_MS = 2000; // about one refresh in this time, however fast cases move
const REST = 10; // times as long as the server took for the last refresh: a busy one is asked less often
const LONGEST_MS = 6000; // but no less often than this

export function followMovements(): void {
  const url = document.querySelector<HTMLMetaElement>("meta[name=wangge-live]")?.content;
  if (!url || !document.querySelector("[data-live], [data-live-case]")) return;
  const moved = new Map<number, number>(); // case -> number of its newest log entry
  let timer = 0;
  let last = Date.now(); // the page itself is the first look
  let pace = PACE_MS;
  let pending = false;

  function tell(): void {
    timer = 0;
    if (document.hidden) return; // told when somebody looks again
    last = Date.now();
    for (const notice of document.querySelectorAll<HTMLElement>("[data-live-case]")) {
      // What this page already shows is told as well: one's own step, a moment before the page was built.
      const newest = moved.get(Number(notice.dataset.liveCase)) ?? 0;
      if (newest > Number(notice.dataset.liveSeq ?? 0)) notice.hidden = false;
    }
    const cases = [...moved.keys()];
    moved.clear();
    pending = false;
    document.body.dispatchEvent(new CustomEvent("moved", { detail: { cases } }));
  }

  function later(): void {
    pending = true;
    if (timer) return;
    // All pages are told at the same moment: each asks at one of its own.
    const paced = last + pace * (0.75 + Math.random() / 2) - Date.now();
    timer = window.setTimeout(tell, Math.max(FIRST_MS * Math.random(), paced));
  }

  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig } = (event as CustomEvent<{ requestConfig: { elt: Element } }>).detail;
    if (requestConfig.elt.matches("[data-live]")) {
      pace = Math.min(LONGEST_MS, Math.max(PACE_MS, REST * (Date.now() - last)));
    }
  });
  const source = new EventSource(url, { withCredentials: true });
  source.addEventListener("moved", (event) => {
    const { cases, seq } = JSON.parse((event as MessageEvent<string>).data) as { cases: number[]; seq: number[] };
    cases.forEach((id, n) => moved.set(id, seq[n]!));
    later();
  });
  source.addEventListener("resync", later); // something may have been missed: panels look again
  const state = document.querySelector<HTMLElement>("[data-live-state]");
  source.addEventListener("open", () => state?.setAttribute("data-live-state", "on"));
  source.addEventListener("error", () => state?.setAttribute("data-live-state", "off"));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && pending) later();
  });
  // A page left open behind "back" must not hold a connection of its own.
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
