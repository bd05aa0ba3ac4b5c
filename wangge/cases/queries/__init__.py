# SPDX-License-Identifier: Apache-2.0
"""What the interfaces read. Every function takes the actor and shows no more than they may see."""

from wangge.cases.queries.board import Board, Movement, board, latest_movements
from wangge.cases.queries.cases import CaseRow, Filters, duplicate_candidates, get_case, list_cases
from wangge.cases.queries.precedents import Precedent, precedents, reach
from wangge.cases.queries.spread import Candidate, candidates
from wangge.cases.queries.tasks import TaskRow, my_tasks, task_counts
from wangge.cases.queries.timeline import TimelineItem, timeline

__all__ = [
    "Board", "Candidate", "CaseRow", "Filters", "Movement", "Precedent", "TaskRow", "TimelineItem", "board", "candidates",
    "duplicate_candidates", "get_case", "latest_movements", "list_cases", "my_tasks", "precedents", "reach", "task_counts",
    "timeline",
]  # fmt: skip
