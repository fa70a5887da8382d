"""Addresses of search: the page, feeds, and what search engines ask for."""

from django.urls import path

from mengkeju.search.web import feeds, views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("feed/needs.xml", feeds.feed, {"kind": "need"}, name="feed-needs"),
    path("feed/achievements.xml", feeds.feed, {"kind": "achievement"}, name="feed-achievements"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", feeds.sitemap_part, name="sitemap-part"),
    path("robots.txt", feeds.robots, name="robots"),
]
