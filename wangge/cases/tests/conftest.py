# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

for subject in ("", "_calls", "_checks", "_corrections", "_moves", "_record"):
    pytest.register_assert_rewrite(f"wangge.cases.tests.machine{subject}")

#: of the loop machine (test_loop_machine.py): part of every run of the suite, and long enough to find what is rare
_MACHINE = settings(
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    stateful_step_count=25,
    phases=(Phase.generate, Phase.shrink),
)
settings.register_profile("short", _MACHINE, max_examples=18, derandomize=True)
settings.register_profile("long", _MACHINE, max_examples=500)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the loop machine did: the figure of a long run."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "loop machine":
                    terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture
def both(city: None) -> Iterator[str]:
    """Login of somebody with every post of both axes and of the unit swj: nothing but two hands can stop them."""
    from tests.city import person
    from wangge.organizations.directory import directory
    from wangge.organizations.models import Appointment, Person

    row = Person.objects.create(login="both", name="全能员", password="!")
    for example in ("operator_1", "inspector_east", "chief_1", "dispatcher_1", "leader", "clerk_swj",
                    "handler_swj"):  # fmt: skip
        held = Appointment.objects.get(person=person(example), valid_to=None)
        held.pk, held.person = None, row
        held.save(force_insert=True)
    directory.forget()
    yield row.login
    directory.forget()
