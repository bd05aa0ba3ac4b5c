# SPDX-License-Identifier: Apache-2.0
from django import template

register = template.Library()
