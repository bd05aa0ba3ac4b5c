# SPDX-License-Identifier: Apache-2.0
"""Everything of this room that writes."""
