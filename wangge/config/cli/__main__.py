# SPDX-License-Identifier: Apache-2.0
from wangge.config.cli import main

main(prog_name="wangge")
