"""One head is taught on the oldest sellers, and says something of all the others."""

import re

import numpy as np

from features.knowledge import load
from features.registry import CATALOGUE
from training.answers import answers
from training.lesson import read_lesson
from training.market import simulate
from training.settlement import settle
from training.split import folds, split
from training.study import Course
from training.teaching import Roles, teach


def test_a_head_sees_only_the_columns_it_may_and_judges_every_other_seller() -> None:
    lesson = read_lesson(simulate(1200, 4), load())
    parts, grouped = split(lesson.takedowns), folds(lesson.takedowns, 5)
    told = answers(lesson.takedowns, settle(lesson.takedowns))["counterfeit"]
    course = Course(load(), 1, sees=("seller.",), disguise=False)
    taught = teach(lesson, told, Roles.by_age(parts), grouped, course=course)
    assert (len(taught.held), len(taught.test)) == (len(parts.calibration), len(parts.test))
    assert np.isfinite(taught.held).all()
    used = re.findall(r"^Column_(\d+)=", taught.booster.text, re.MULTILINE)
    assert used
    assert all(CATALOGUE[int(column)].name.startswith("seller.") for column in used)
