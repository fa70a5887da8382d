"""Addresses of the kernel: home, workbench, notices, files, gallery, health."""

from django.urls import path

from mengkeju.kernel.web import gallery, keys, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("workbench/", pages.workbench, name="workbench"),
    path("notices/", pages.notices, name="notices"),
    path("files/<uuid:uid>/", pages.download, name="file"),
    path("language/", pages.set_language, name="set_language"),
    path(".well-known/mengkeju-keys.json", keys.keys, name="evidence-keys"),
    path("healthz", pages.healthz, name="healthz"),
    path("_gallery/", gallery.gallery, name="gallery"),
]
