"""Addresses of search: the page, feeds, and what search engines ask for."""

from django.urls import path

from mengkeju.search.web import feeds, saved, views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("searches/", saved.index, name="saved-searches"),
    path("searches/new/", saved.new, name="saved-search-new"),
    path("searches/stop/<str:token>/", saved.stop, name="saved-search-stop"),
    path("searches/<uuid:uid>/", saved.detail, name="saved-search"),
    path("searches/<uuid:uid>/edit/", saved.edit, name="saved-search-edit"),
    path("searches/<uuid:uid>/move/<slug:move>/", saved.move, name="saved-search-move"),
    path("searches/<uuid:uid>/stand/<slug:stand>/", saved.stand, name="saved-search-stand"),
    path("feed/all.xml", feeds.feed, {"kind": ""}, name="feed-all"),
    path("feed/needs.xml", feeds.feed, {"kind": "need"}, name="feed-needs"),
    path("feed/achievements.xml", feeds.feed, {"kind": "achievement"}, name="feed-achievements"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", feeds.sitemap_part, name="sitemap-part"),
    path("robots.txt", feeds.robots, name="robots"),
]
