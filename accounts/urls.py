"""Addresses of the room: sign-in, people, one's own settings."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from accounts.holidays import views as holidays
from accounts.invitations import views as invitations
from accounts.me import views as me
from accounts.member_import import views as member_import
from accounts.people import views as people
from accounts.signin import views as signin
from accounts.teams import views as teams

# allauth's pages by name: what is not here, such as changing the address or signing up, does not exist.
signin_urls = [
    path("login/", allauth.login, name="account_login"),
    path("login/code/", allauth.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", signin.sign_up, name="account_signup"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

pages = [
    path("switch/", signin.organization_switch, name="organization_switch"),
    path("invitation/<uuid:secret>/", invitations.invitation, name="invitation"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/invite/", people.people_invite, name="people_invite"),
    path("people/import/", member_import.people_import, name="people_import"),
    path("people/import/<uuid:public_id>/", member_import.people_import_preview, name="people_import_preview"),
    path("people/import/<uuid:public_id>/discard/", member_import.people_import_discard, name="people_import_discard"),
    path("people/teams/", teams.teams, name="teams"),
    path("people/teams/<uuid:public_id>/", teams.team, name="team"),
    path("people/holidays/", holidays.holidays, name="holidays"),
    path("people/holidays/remove/", holidays.holiday_remove, name="holiday_remove"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("people/<uuid:public_id>/invite/", people.person_invite, name="person_invite"),
    path("people/<uuid:public_id>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("people/<uuid:public_id>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("me/", me.me, name="me"),
    path("me/days-off/", me.absence_add, name="absence_add"),
    path("me/days-off/end/", me.absence_end, name="absence_end"),
    path("me/keys/", me.token_issue, name="token_issue"),
    path("me/keys/withdraw/", me.token_withdraw, name="token_withdraw"),
]

urlpatterns = [
    path("accounts/", include(signin_urls)),
    path("", include((pages, "accounts"))),
]
