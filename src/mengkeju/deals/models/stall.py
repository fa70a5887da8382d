"""A conversion that does not move: which obstacle is in its way, and who helps."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.stall import OBSTACLES, STALL
from mengkeju.deals.models.intention import Intention
from mengkeju.directory.models import Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.words import mark

NOTE = {
    "purpose": mark("帮助停滞的对接往前走"),
    "basis": mark("履行双方合作所必需（个人信息保护法第13条第1款第2项）"),
    "retention": mark("随意向保存，删除个人信息时清除"),
}


class Stall(StatefulRecord):
    """One obstacle of one intention. `stage` is the intention's state when it was named; `area` the intention's."""

    intention = models.ForeignKey(Intention, on_delete=models.PROTECT, related_name="stalls")
    stage = models.CharField(max_length=30)
    obstacle = models.CharField(max_length=30)
    note = personal(models.TextField(_("停滞的情况说明"), max_length=1000, blank=True), **NOTE)
    helper = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="helped_stalls")
    outcome = personal(models.TextField(_("帮办的结果说明"), max_length=1000, blank=True), **NOTE)

    class Meta:
        constraints: ClassVar = [
            archive_pair("stall_archived_pair"),
            state_in(STALL.states, "stall_state"),
            models.CheckConstraint(condition=models.Q(obstacle__in=list(OBSTACLES)), name="stall_obstacle"),
            models.CheckConstraint(
                condition=~models.Q(state="helping") | models.Q(helper__isnull=False), name="stall_helped_by_somebody"
            ),
            models.UniqueConstraint(
                fields=["intention"], condition=models.Q(state__in=["named", "helping"]), name="stall_open_once"
            ),
        ]

    def __str__(self) -> str:
        """The intention's number."""
        return self.intention.number

    def get_absolute_url(self) -> str:
        """The page of the stalled conversion."""
        return reverse("stalled-one", args=[self.intention.uid])

    def duty_holder(self, who: str) -> Holder:
        """`helper`: the person; `officer`: of the intention's area."""
        if who == "helper" and self.helper is not None and self.helper.account is not None:
            return Holder(account=self.helper.account.uid)
        return Holder(role="officer", area=self.area)
