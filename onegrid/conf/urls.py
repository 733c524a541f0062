"""Addresses: one include per audience."""

from django.urls import URLPattern, URLResolver, include, path

from onegrid.web.display import display, language
from onegrid.web.lists import duties, law
from onegrid.web.promises import promises
from onegrid.web.promises import table as promises_table
from onegrid.web.public.about import accessibility, guide, privacy
from onegrid.web.public.estates import page as estates
from onegrid.web.public.handbook import index as handbook
from onegrid.web.public.handbook import page as handbook_page
from onegrid.web.public.home import home, limits
from onegrid.web.public.responsible import page as responsible
from onegrid.web.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("onegrid.api.urls")),
    path("exchange/", include("onegrid.api.exchange_urls")),
    path("open311/", include("onegrid.api.open311.urls")),
    path("duties/", duties, name="duties"),
    path("law/", law, name="law"),
    path("promises/", promises, name="promises"),
    path("promises/table.csv", promises_table, name="promises_table"),
    path("", include("onegrid.web.account.urls")),
    path("", include("onegrid.web.health.urls")),
    path("", include("onegrid.web.places")),
    path("", home, name="home"),
    path("limits/", limits, name="limits"),
    path("places/responsible/", responsible, name="responsible"),
    path("estates/", estates, name="estates"),
    path("help/", guide, name="help"),
    path("help/handbook/", handbook, name="handbook"),
    path("help/handbook/<slug:role>/", handbook_page, name="handbook_page"),
    path("privacy/", privacy, name="privacy"),
    path("accessibility/", accessibility, name="accessibility"),
    path("styleguide/", styleguide, name="styleguide"),
    path("display/", display, name="display"),
    path("i18n/set", language, name="set_language"),
    path("published/", include("onegrid.web.public.published_urls")),
    path("", include("onegrid.web.public.urls")),
    path("", include("onegrid.web.resident.urls")),
    path("work/", include("onegrid.web.worker.urls")),
    path("desk/", include("onegrid.web.desk.urls")),
    path("admin/", include("onegrid.web.admin.urls")),
]

handler400 = "onegrid.web.uploads.bad_request"
