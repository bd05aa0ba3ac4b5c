// SPDX-License-Identifier: Apache-2.0
// On every page: htmx for partial swaps (its settings stand in the base template's htmx-config), and small behaviours.
import "htmx.org";
import { followMovements } from "./shared/live";
import { guardSubmits, showWhatApplies } from "./shared/forms";
import { offerPosition } from "./shared/position";
import { runTimers } from "./shared/timer";

followMovements();
guardSubmits();
showWhatApplies(document);
offerPosition();
runTimers();
document.getElementById("refusal")?.focus(); // read out, and scrolled to, before the form it belongs to
document.body.addEventListener("htmx:afterSwap", (event) => showWhatApplies(event.target as Element));
