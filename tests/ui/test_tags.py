"""Pieces of the design system that are drawn in Python."""

import pytest
from django.utils import translation

from accounts.templatetags.ui import bar, shape


@pytest.mark.parametrize(("verdict", "sign"), [("right", "#check"), ("missed", "#check"), ("wrong", "#x")])
def test_the_shape_of_a_verdict_is_its_sign_and_not_the_letter(verdict, sign):
    drawn = shape(verdict, "A")
    assert f'{sign}"' in drawn
    assert ">A<" not in drawn


def test_the_shape_of_an_answer_that_was_not_chosen_is_its_letter():
    assert shape("none", "B") == '<span class="shape none" aria-hidden="true">B</span>'


def test_the_shape_of_partly_is_drawn_by_the_style_sheet():
    assert shape("partly") == '<span class="shape partly" aria-hidden="true"></span>'


def test_a_letter_is_escaped():
    assert "<b>" not in shape("none", "<b>")


def test_a_bar_is_as_long_as_its_share_in_every_language():
    with translation.override("nl"):
        assert 'class="bar-fill" width="21%"' in bar(21, "fill")
