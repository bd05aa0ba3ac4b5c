# SPDX-License-Identifier: Apache-2.0
"""What the machine, not the city, refuses: no disk, no port, no server. The command line ends with exit code 3."""


class EnvironmentFault(RuntimeError):
    """The surroundings do not allow the command; `zh` and `en` say what happened and what to do next."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
