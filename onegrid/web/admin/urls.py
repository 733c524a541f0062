"""Addresses of the three administrators."""

from django.urls import path

from onegrid.web.admin import (
    accounts,
    calendar,
    cities,
    duties,
    exchange,
    hooks,
    law,
    log,
    pages,
    roles,
    routing,
    tokens,
)

app_name = "admin"

urlpatterns = [
    path("", pages.home, name="home"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new/", accounts.create, name="account_new"),
    path("accounts/<uuid:user_id>/", accounts.detail, name="account"),
    path("holidays/", calendar.holidays, name="holidays"),
    path("promises/", calendar.promised_times, name="promised_times"),
    path("exchange/", exchange.exchange, name="exchange"),
    path("cities/", cities.listing, name="cities"),
    path("hooks/", hooks.listing, name="hooks"),
    path("duties/", duties.listing, name="duties"),
    path("duties/table.csv", duties.template, name="duties_template"),
    path("duties/check/", duties.check, name="duties_check"),
    path("duties/bring-in/", duties.bring_in, name="duties_bring_in"),
    path("duties/undo/", duties.undo, name="duties_undo"),
    path("duties/compare/", duties.compare, name="duties_compare"),
    path("duties/<slug:kind>/<int:version>.xlsx", duties.export, name="duties_export"),
    path("routing/", routing.rules, name="routing"),
    path("routing/<int:version>/", routing.past, name="routing_version"),
    path("law/", law.rules, name="law"),
    path("roles/", roles.listing, name="roles"),
    path("roles/people/", roles.people, name="people"),
    path("roles/<uuid:user_id>/", roles.person, name="person"),
    path("tokens/", tokens.listing, name="tokens"),
    path("looks/", log.looks, name="looks"),
    path("looks/roles/", log.role_changes, name="role_changes"),
    path("looks.csv", log.looks_csv, name="looks_csv"),
]
