"""Addresses of what was published."""

from django.urls import path

from onegrid.web.public import follow, published

app_name = "published"
urlpatterns = [
    path("", published.listing, name="list"),
    path("points/", published.points, name="points"),
    path("feed/", published.feed, name="feed"),
    path("follow/", follow.follow, name="follow"),
    path("follow/confirm/<str:token>/", follow.confirm, name="confirm"),
    path("follow/leave/<str:token>/", follow.leave, name="leave"),
    path("<uuid:public_id>/", published.case, name="case"),
    path("<uuid:public_id>/point/", published.point, name="point"),
]
