// SPDX-License-Identifier: Apache-2.0
// On every page: htmx for partial swaps. Its settings stand in the base template's htmx-config.
import "htmx.org";
