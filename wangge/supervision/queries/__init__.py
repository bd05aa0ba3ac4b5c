# SPDX-License-Identifier: Apache-2.0
"""What the pages of the supervision of units read; every function shows no more than the actor may see."""
