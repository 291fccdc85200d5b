"""How Django's own forms come out in our components."""

import re

from dashboards.ui.forms import SampleForm


def rendered(**data) -> str:
    return re.sub(r"\s+", " ", str(SampleForm(data)))


def test_error_is_tied_to_its_field():
    html = rendered(date="2026-11-31")
    field = re.search(r'<input type="text" name="date"[^>]*>', html).group()
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_date_error"' in field
    assert re.search(r'id="id_date_error"> ?<p class="error">.*?November has 30 days', html)


def test_help_is_tied_to_its_field():
    html = rendered(customer="Hidde Jansma")
    field = re.search(r'<input type="text" name="customer"[^>]*>', html).group()
    assert 'aria-describedby="id_customer_helptext"' in field
    assert '<div class="help" id="id_customer_helptext">A contact or an account</div>' in html


def test_every_control_has_its_class_and_label():
    html = rendered()
    assert re.search(r'<label for="id_customer">Whom do you visit\?</label> ?<input type="text" name="customer" class="input"', html)
    assert '<select name="competency" class="input"' in html
    assert '<textarea name="note" class="input"' in html
    assert '<input type="checkbox" name="pause" class="switch" role="switch"' in html


def test_radio_choices_become_segments_when_asked():
    assert re.search(r'<div id="id_reads" class="segments"><label for="id_reads_0"><input type="radio" name="reads" value="me"', rendered())


def test_values_and_words_are_escaped():
    assert "<script>" not in rendered(customer="<script>alert(1)</script>")
