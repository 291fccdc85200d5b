"""Who may enter which route: one line for each route of the resolver, naming its class of data (tests/test_access.py walks them).

A class says for each method which roles are let in. Everybody else gets the refusal of the place: on a page, a visitor is sent
to the sign-in, a user without a membership is told so (403), and for a member the page does not exist (404); in the API 401, 403
and 404. A method that a class does not name is answered by 405. Another organization's object is a 404 for every member.

A new route: `"room:name": class_of_data` here, with `.of(parameter="object")` for each part of the address that names an object
(tests/access_world.py makes them, in each organization one).
"""

from dataclasses import dataclass, field, replace

# The people of a cell. The records are those of `seller`, who reports to `manager`.
VISITORS = ("visitor",)
WITHOUT_MEMBERSHIP = ("user without membership", "former member", "operator")
MEMBERS = ("seller", "colleague", "manager", "other manager", "author", "hr", "leadership", "owner")
ROLES = VISITORS + WITHOUT_MEMBERSHIP + MEMBERS

PAGE_METHODS = ("GET", "POST", "PUT")
API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

PAGE_REFUSALS = {"visitor": "sign-in", **dict.fromkeys(WITHOUT_MEMBERSHIP, "403"), **dict.fromkeys(MEMBERS, "404")}
API_REFUSALS = {"visitor": "401", **dict.fromkeys(WITHOUT_MEMBERSHIP, "403"), **dict.fromkeys(MEMBERS, "404")}
NOTHING_HERE = dict.fromkeys(ROLES, "404")


@dataclass(frozen=True)
class DataClass:
    """Method -> roles that are let in, and what the others get."""

    let_in: dict[str, tuple[str, ...]]
    refusals: dict[str, str] = field(default_factory=lambda: PAGE_REFUSALS)
    methods: tuple[str, ...] = PAGE_METHODS
    # Parameter of the address -> object; name of a posted field -> object or a literal text.
    path: dict[str, str] = field(default_factory=dict)
    posted: dict[str, str] = field(default_factory=dict)
    # Objects that belong to no organization, so that there is no other organization's.
    is_apart: bool = False
    sends_json: bool = False
    # The same for what stands behind the question mark of an address.
    query: dict[str, str] = field(default_factory=dict)
    # Statuses that are an answer here, besides the usual ones.
    also_in: tuple[int, ...] = ()

    def of(self, **path: str) -> "DataClass":
        """The route's address names these objects."""
        return replace(self, path=path)

    def asking(self, **query: str) -> "DataClass":
        """The address asks with these objects behind its question mark."""
        return replace(self, query=query)

    def posting(self, **posted: str) -> "DataClass":
        """What a valid post sends; `object:name` is an object of the organization."""
        return replace(self, posted=posted)


def page(read: tuple[str, ...] = (), write: tuple[str, ...] = ()) -> DataClass:
    return DataClass({method: roles for method, roles in (("GET", read), ("POST", write)) if roles})


def endpoint(**let_in: tuple[str, ...]) -> DataClass:
    """An address of the API: `get=`, `post=`, `put=`, `patch=`, `delete=` with the roles that are let in."""
    return DataClass(
        {method.upper(): roles for method, roles in let_in.items()}, refusals=API_REFUSALS, methods=API_METHODS, sends_json=True
    )


def open_to_all(*methods: str) -> DataClass:
    """Nobody is refused; being sent to the sign-in is an answer too."""
    return DataClass(dict.fromkeys(methods, ROLES), refusals={}, is_apart=True)


MANAGERS = ("manager", "other manager")
SELLERS = ("seller", "colleague")
OWNER = ("owner",)
AUTHOR = ("author",)
CONTENT_READERS = ("author", "hr", *MANAGERS)
PEOPLE_READERS = ("owner", "hr")
SIGNED_IN = WITHOUT_MEMBERSHIP + MEMBERS

# What belongs to oneself.
own_pages = page(read=MEMBERS)
own_forms = page(read=MEMBERS, write=MEMBERS)
own_verbs = page(write=MEMBERS)
seller_pages = page(read=SELLERS)
# People and settings: the owner writes, HR reads.
people_pages = page(read=PEOPLE_READERS)
people_pages_with_form = page(read=PEOPLE_READERS, write=OWNER)
people_forms = page(read=OWNER, write=OWNER)
people_verbs = page(write=OWNER)
# Content: authors write; managers and HR read.
content_pages = page(read=CONTENT_READERS)
content_pages_with_form = page(read=CONTENT_READERS, write=AUTHOR)
content_trials = page(read=CONTENT_READERS, write=CONTENT_READERS)
content_forms = page(read=AUTHOR, write=AUTHOR)
content_verbs = page(write=AUTHOR)
# What a set asks: the person's own.
set_items = page(read=("seller",), write=("seller",))
# For machines of the operator that show a token; nobody signs in for it.
metrics_pages = DataClass({"GET": ()}, refusals=NOTHING_HERE, is_apart=True)
# Learning records: the line above; `line_records` are those of one person.
line_pages = page(read=MANAGERS)
line_records = page(read=("manager",))
# Published figures of groups: HR and leadership.
aggregate_pages = page(read=("hr", "leadership"))
# Results of one program: its author besides.
progress_pages = page(read=("hr", "leadership", "author"))
# Anybody.
public_pages = open_to_all("GET")
health_pages = replace(public_pages, also_in=(503,))
# The link of an invitation opens for whoever has it; somebody who is signed in as another person is told to sign out first.
invitation_pages = DataClass({"GET": ROLES, "POST": VISITORS}, refusals=dict.fromkeys(SIGNED_IN, "403"), is_apart=True)
# allauth's pages: Django's form view takes PUT as POST.
sign_in_pages = open_to_all("GET")
sign_in_forms = open_to_all("GET", "POST", "PUT")
own_sign_in_forms = DataClass(dict.fromkeys(("GET", "POST", "PUT"), SIGNED_IN), refusals=dict.fromkeys(VISITORS, "sign-in"), is_apart=True)
# The link of the morning mail opens Today for whoever has it, for one set and for answering only.
link_pages = public_pages
link_verbs = open_to_all("POST")
link_forms = open_to_all("GET", "POST")
# The demo and the style page: closed on an installation that is no demo, but for its operator.
demo_pages = DataClass({"GET": ()}, refusals=NOTHING_HERE, is_apart=True)
demo_verbs = DataClass({"POST": ()}, refusals=NOTHING_HERE, is_apart=True)
operator_pages = DataClass({"GET": ("operator",)}, refusals=NOTHING_HERE, is_apart=True)
# The API: the same classes; a list answers every member with what that member may read.
api_lists = endpoint(get=MEMBERS)
api_content_lists = endpoint(get=MEMBERS, post=AUTHOR)
api_nothing = replace(endpoint(**dict.fromkeys(map(str.lower, API_METHODS), ())), refusals=NOTHING_HERE, is_apart=True)

POLICY = {
    "home": own_pages,
    "healthz": health_pages,
    "readyz": health_pages,
    "metrics": metrics_pages,
    "style_page": operator_pages,
    "demo": demo_pages,
    "demo_accounts": demo_pages,
    "demo_sign_in": demo_verbs,
    # Signing in.
    "account_login": sign_in_forms,
    "account_request_login_code": sign_in_forms,
    "account_confirm_login_code": sign_in_forms,
    "account_logout": open_to_all("GET", "POST"),
    "account_inactive": sign_in_pages,
    "account_signup": public_pages,
    "account_change_password": own_sign_in_forms,
    "account_set_password": own_sign_in_forms,
    "account_reset_password": sign_in_forms,
    "account_reset_password_done": sign_in_pages,
    "account_reset_password_from_key": sign_in_forms.of(uidb36="text:1", key="text:wrong-key"),
    "account_reset_password_from_key_done": sign_in_pages,
    "accounts:invitation": invitation_pages.of(secret="invitation"),
    "accounts:organization_switch": own_verbs.posting(member="object:oneself"),
    # People and settings.
    "accounts:people": people_pages,
    "accounts:person_add": people_forms,
    "accounts:people_invite": people_verbs,
    "accounts:people_import": people_forms,
    "accounts:people_import_preview": people_forms.of(public_id="people_import"),
    "accounts:people_import_discard": people_verbs.of(public_id="people_import"),
    "accounts:person": people_pages_with_form.of(public_id="newcomer"),
    "accounts:person_invite": people_verbs.of(public_id="newcomer"),
    "accounts:person_deactivate": people_verbs.of(public_id="newcomer"),
    "accounts:person_reactivate": people_verbs.of(public_id="leaver"),
    "accounts:teams": people_pages_with_form,
    "accounts:team": people_forms.of(public_id="team"),
    "accounts:holidays": people_pages_with_form,
    "accounts:holiday_remove": people_verbs.posting(day="object:holiday"),
    # Oneself.
    "accounts:me": own_forms,
    "accounts:absence_add": own_verbs,
    "accounts:absence_end": own_verbs.posting(started_on="object:absence"),
    "accounts:token_issue": own_verbs,
    "accounts:token_withdraw": own_verbs.posting(name="object:token"),
    # Content.
    "reinforcement:competency_list": content_pages,
    "reinforcement:competency_create": content_forms,
    "reinforcement:competency_change": content_forms.of(public_id="competency"),
    "reinforcement:competency_archive": content_verbs.of(public_id="competency"),
    "reinforcement:competency_restore": content_verbs.of(public_id="competency"),
    "reinforcement:question_list": content_pages,
    "reinforcement:question_create": content_forms,
    "reinforcement:question_preview": content_verbs,
    "reinforcement:question_detail": content_pages_with_form.of(public_id="question"),
    "reinforcement:question_wording": content_forms.of(public_id="question", language="text:nl"),
    "reinforcement:question_try": content_trials.of(public_id="question"),
    "reinforcement:question_archive": content_verbs.of(public_id="question"),
    "reinforcement:question_restore": content_verbs.of(public_id="question"),
    "reinforcement:question_export": content_pages.of(file_format="text:csv"),
    "reinforcement:starter_install": content_verbs,
    "reinforcement:import_start": content_forms,
    "reinforcement:import_check": content_forms.of(public_id="question_import"),
    "reinforcement:import_read_as": content_verbs.of(public_id="question_import"),
    "reinforcement:import_apply": content_verbs.of(public_id="question_import"),
    "reinforcement:import_cancel": content_verbs.of(public_id="question_import"),
    "reinforcement:program_list": content_pages,
    "reinforcement:program_create": content_forms,
    "reinforcement:program_detail": content_pages.of(public_id="program"),
    "reinforcement:program_edit": content_forms.of(public_id="program"),
    "reinforcement:program_audience": content_forms.of(public_id="program"),
    "reinforcement:program_questions": content_forms.of(public_id="program"),
    "reinforcement:program_question_move": content_verbs.of(public_id="program", question_id="question_in_program"),
    "reinforcement:program_simulation": content_pages_with_form.of(public_id="program"),
    "reinforcement:program_comparison": progress_pages.of(public_id="compared_program"),
    "reinforcement:program_launch": content_verbs.of(public_id="program"),
    "reinforcement:program_end": content_verbs.of(public_id="program"),
    # Today.
    "reinforcement:today": own_pages,
    "reinforcement:today_question": set_items.of(key="item"),
    "reinforcement:link": link_pages.of(token="link"),
    "reinforcement:link_mail": link_verbs.of(token="link"),
    "reinforcement:link_stop": link_forms.of(token="stop"),
    "reinforcement:link_leave": link_verbs,
    # Learning records.
    "reinforcement:progress": seller_pages,
    "reinforcement:figures": own_pages,
    # Figures of the model, the same for every member.
    "reinforcement:reliability": own_pages,
    "reinforcement:team": line_pages,
    "reinforcement:team_download": line_pages,
    "reinforcement:team_trend": line_pages,
    "reinforcement:team_trend_download": line_pages,
    "reinforcement:team_member": line_records.of(public_id="seller"),
    # Published figures of groups.
    "company_overview": aggregate_pages,
    "company_figures_download": aggregate_pages,
    "company_weeks_download": aggregate_pages,
    # The API.
    "api_schema": public_pages,
    "api_docs": public_pages,
    "/api/": api_nothing,
    "api:question-list": api_content_lists,
    "api:question-detail": endpoint(get=CONTENT_READERS).of(public_id="question"),
    "api:question-versions": endpoint(post=AUTHOR).of(public_id="question"),
    "api:program-list": api_content_lists,
    "api:program-detail": endpoint(get=("seller", *CONTENT_READERS), patch=AUTHOR).of(public_id="program"),
    "api:program-launch": endpoint(post=AUTHOR).of(public_id="program"),
    "api:today": api_lists,
    "api:answer": endpoint(post=("seller",)).of(key="item"),
    "api:progress": endpoint(get=("seller", "manager")).asking(member="seller"),
}
