"""What a browser would send of a form that nobody touched."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, form_id: str):
        super().__init__()
        self.form_id = form_id
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._typing = self._choosing = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._inside = given.get("id") == self.form_id
        elif not self._inside:
            return
        elif tag == "textarea":
            self._typing = name
            self.values[name] = [""]
        elif tag == "select":
            self._choosing = name
        elif tag == "option" and (self._choosing not in self.values or "selected" in given):
            self.values[self._choosing] = [value]
        elif tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.values.setdefault(name, []).append(value)

    def handle_data(self, data):
        if self._typing:
            self.values[self._typing][0] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            # A browser leaves out the line break that follows the opening tag, and sends others as CR LF.
            self.values[self._typing] = [self.values[self._typing][0].removeprefix("\n").replace("\n", "\r\n")]
            self._typing = ""
        elif tag == "select":
            self._choosing = ""


def untouched(html: str, form_id: str) -> dict[str, list[str]]:
    """The fields of the form with this id, as they stand in the page."""
    form = _Form(form_id)
    form.feed(html)
    return form.values
