# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest


@pytest.fixture
def both(city: None) -> Iterator[str]:
    """Login of somebody with every post of both axes and of the unit swj: nothing but two hands can stop them."""
    from tests.city import person
    from wangge.organizations.directory import directory
    from wangge.organizations.models import Appointment, Person

    row = Person.objects.create(login="both", name="全能员", password="!")
    for example in ("operator_1", "inspector_east", "chief_1", "dispatcher_1", "clerk_swj", "handler_swj"):
        held = Appointment.objects.get(person=person(example), valid_to=None)
        held.pk, held.person = None, row
        held.save(force_insert=True)
    directory.forget()
    yield row.login
    directory.forget()
