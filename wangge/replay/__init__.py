# SPDX-License-Identifier: Apache-2.0
"""Cases for those who look: recorded requests taken through the loop again, and a generated day."""
