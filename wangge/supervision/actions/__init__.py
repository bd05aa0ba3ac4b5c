# SPDX-License-Identifier: Apache-2.0
"""Everything that writes the supervision of units. The steps of an order are taken through the door of the cases."""
