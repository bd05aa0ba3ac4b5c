# SPDX-License-Identifier: Apache-2.0
"""The city, its areas, grid layers and grids. References between rows of the pack are codes."""

from django.db import models

from wangge.common.versions import Versioned, one_in_force


class City(models.Model):
    """The one city of this database."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=50)
    case_number_prefix = models.CharField(max_length=10)
    center_lon = models.FloatField()
    center_lat = models.FloatField()
    zoom = models.FloatField()
    default_unit = models.CharField(max_length=50)
    command_level = models.CharField(max_length=20, help_text="level of the areas that dispatch first")
    duplicate_metres = models.PositiveIntegerField()
    duplicate_hours = models.PositiveIntegerField()
    levels = models.JSONField(help_text="[{code, name_zh, name_en}] from top to bottom")
    outline = models.JSONField(help_text="GeoJSON Feature, WGS84")
    pack = models.CharField(max_length=50)
    pack_version = models.CharField(max_length=50)
    demo_people = models.BooleanField(help_text="the people are invented; see the pack")
    about = models.JSONField(help_text="{title_zh, title_en, licence, notice} of its pack")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="grids_city_one")]

    def __str__(self) -> str:
        return self.name_zh


class Area(Versioned):
    """District, street, community; `path` is the chain of codes from the top, each ended by "/"."""

    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    level = models.CharField(max_length=20)
    parent = models.CharField(max_length=20, blank=True)
    path = models.CharField(max_length=120, db_collation="C")
    grade = models.CharField(
        max_length=30, blank=True, help_text="which norms hold there; empty: as the area above"
    )
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("grids_area_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class GridLayer(Versioned):
    code = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)

    class Meta:
        constraints = [one_in_force("grids_gridlayer_in_force", "code")]

    def __str__(self) -> str:
        return self.code


class Grid(Versioned):
    """A cell of one layer. `parent` is the supervision grid of a unit grid; `boundary` a GeoJSON Polygon, WGS84."""

    natural_key = ("layer", "code")

    layer = models.CharField(max_length=30)
    code = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    area = models.CharField(max_length=20)
    area_path = models.CharField(max_length=120, db_collation="C")
    parent = models.CharField(max_length=30, blank=True)
    boundary = models.JSONField()
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("grids_grid_in_force", "layer", "code")]

    def __str__(self) -> str:
        return f"{self.layer} {self.code}"
