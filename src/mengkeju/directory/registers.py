"""What the directory registers with the kernel."""

from django.urls import reverse

from mengkeju.directory.access import Perm
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.subjects import SubjectType, register

register(SubjectType(
    "organisation", Organisation, "单位", Perm.ORGANISATION_READ,
    url=lambda o: o.get_absolute_url(), title=lambda o: o.name, workflow=ORGANISATION,
))
register(SubjectType(
    "person", Person, "人员", Perm.PERSON_READ, url=lambda _p: reverse("directory-me"), title=lambda p: p.name
))
