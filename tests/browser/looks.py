# SPDX-License-Identifier: Apache-2.0
"""What a page must be for everybody, asked of the browser: its layout, its tree for screen readers, its focus."""

from typing import Any

from playwright.sync_api import Page

#: open what a person could open, so that everything the page holds is looked at
UNFOLD = """() => {
  for (const details of document.querySelectorAll("details")) { details.removeAttribute("name"); details.open = true; }
  for (const field of document.querySelectorAll("[data-when]")) field.hidden = false;
}"""
FOLD_MENU = "() => document.querySelector('.menu')?.removeAttribute('open')"
WIDER = """() => {
  const page = document.scrollingElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  return [`${page.scrollWidth} > ${page.clientWidth}`, ...[...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > page.clientWidth + 1 && !e.closest(".map, .scroll"))
    .slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];
}"""
#: every text a person meets: what stands on the page, and what attributes say; not what is marked as Chinese
TEXTS = """() => {
  const found = new Set([document.title]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent.closest("script, style, [lang=zh-hans], textarea")) found.add(node.data.trim());
  }
  for (const element of document.querySelectorAll("body *")) {
    for (const name of ["aria-label", "alt", "placeholder", "title", "aria-description", "data-text-title",
                        "data-text-failed", "data-text-zoom-in", "data-waiting", "data-done", "data-failed",
                        "data-confirm", "data-name"]) {
      const text = element.getAttribute(name);
      if (text && !element.closest("[lang=zh-hans]")) found.add(text.trim());
    }
  }
  return [...found];
}"""
#: what only attributes say
NAMES = """() => [...document.querySelectorAll("[aria-label], [alt], [placeholder], [title]:not(time)")]
  .filter((e) => !e.closest("[lang=en]") && !e.matches("html"))
  .flatMap((e) => ["aria-label", "alt", "placeholder", "title"].map((name) => e.getAttribute(name) ?? ""))"""
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const beneath = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
  const mark = element.hasAttribute("data-seen");
  element.setAttribute("data-seen", "");
  return {
    what: element.outerHTML.slice(0, 140),
    mark,
    outlined: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
    shown: box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
    covered: !!beneath && !!beneath.closest(".top, .nav") && !element.closest(".top, .nav"),
  };
}"""
NAMED = {
    "button", "link", "textbox", "searchbox", "combobox", "radio", "checkbox", "spinbutton", "slider", "image", "img",
    "region", "dialog",
}  # fmt: skip
MOST_TABS = 80


def unnamed(page: Page) -> list[str]:
    """Controls and pictures without an accessible name, as the browser computes it."""
    session = page.context.new_cdp_session(page)
    tree: dict[str, Any] = session.send("Accessibility.getFullAXTree")
    faults = []
    for node in tree["nodes"]:
        role = node.get("role", {}).get("value", "")
        if not node.get("ignored") and role in NAMED and not node.get("name", {}).get("value"):
            html = session.send("DOM.getOuterHTML", {"backendNodeId": node["backendDOMNodeId"]})["outerHTML"]
            faults.append(f"{role} without a name: {html[:140]}")
    session.detach()
    faults += page.evaluate(
        "() => [...document.querySelectorAll('img:not([alt])')].map((e) => `no alt: ${e.outerHTML}`)"
    )
    return faults


def walk_by_tab(page: Page) -> list[str]:
    """Faults of the focus on its way through the page: unseen, unmarked, or under the bars."""
    faults: list[str] = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUSED)
        if focus is None or focus["mark"]:
            return faults
        faults += [
            f"focus {name}: {focus['what']}"
            for name, bad in (
                ("without outline", not focus["outlined"]),
                ("out of sight", not focus["shown"]),
                ("under a bar", focus["covered"]),
            )
            if bad
        ]
    return [*faults, f"more than {MOST_TABS} stops"]
