# SPDX-License-Identifier: Apache-2.0
"""The long form: `pytest tests/fuzz --hypothesis-profile=long` tries other requests each time, many more of them."""

from hypothesis import settings

settings.register_profile("long", max_examples=1000, derandomize=False)
