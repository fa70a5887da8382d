"""Addresses of the lists."""

from django.urls import path

from mengkeju.listings.web import agenda_items, agendas, bottlenecks, weak_links

ITEM = "agendas/<uuid:uid>/items/<uuid:item_uid>"
urlpatterns = [
    path("weak-links/", weak_links.register, name="weak-links"),
    path("weak-links/new/", weak_links.new, name="weak-link-new"),
    path("weak-links/<uuid:uid>/", weak_links.detail, name="weak-link"),
    path("weak-links/<uuid:uid>/edit/", weak_links.edit, name="weak-link-edit"),
    path("weak-links/<uuid:uid>/move/<slug:transition>/", weak_links.move, name="weak-link-move"),
    path("weak-links/<uuid:uid>/attach/", weak_links.attach, name="weak-link-attach"),
    path("weak-links/<uuid:uid>/detach/<uuid:listing_uid>/", weak_links.detach, name="weak-link-detach"),
    path("bottlenecks/", bottlenecks.register, name="bottlenecks"),
    path("bottlenecks/new/", bottlenecks.new, name="bottleneck-new"),
    path("bottlenecks/<uuid:uid>/", bottlenecks.detail, name="bottleneck"),
    path("bottlenecks/<uuid:uid>/edit/", bottlenecks.edit, name="bottleneck-edit"),
    path("bottlenecks/<uuid:uid>/move/<slug:transition>/", bottlenecks.move, name="bottleneck-move"),
    path("bottlenecks/<uuid:uid>/attach/", bottlenecks.attach, name="bottleneck-attach"),
    path("bottlenecks/<uuid:uid>/detach/<uuid:listing_uid>/", bottlenecks.detach, name="bottleneck-detach"),
    path("agendas/", agendas.index, name="agendas"),
    path("agendas/new/", agendas.new, name="agenda-new"),
    path("agendas/<uuid:uid>/", agendas.detail, name="agenda"),
    path("agendas/<uuid:uid>/edit/", agendas.edit, name="agenda-edit"),
    path("agendas/<uuid:uid>/submit/", agendas.submit, name="agenda-submit"),
    path("agendas/<uuid:uid>/review/<slug:decision>/", agendas.review, name="agenda-review"),
    path("agendas/<uuid:uid>/move/<slug:transition>/", agendas.move, name="agenda-move"),
    path("agendas/<uuid:uid>/items/new/", agenda_items.new, name="agenda-item-new"),
    path(f"{ITEM}/edit/", agenda_items.edit, name="agenda-item-edit"),
    path(f"{ITEM}/remove/", agenda_items.remove, name="agenda-item-remove"),
    path(f"{ITEM}/settle/", agenda_items.settle, name="agenda-item-settle"),
    path(f"{ITEM}/need/", agenda_items.to_need, name="agenda-item-need"),
    path(f"{ITEM}/attach/", agenda_items.attach, name="agenda-item-attach"),
    path(f"{ITEM}/detach/<uuid:listing_uid>/", agenda_items.detach, name="agenda-item-detach"),
]
