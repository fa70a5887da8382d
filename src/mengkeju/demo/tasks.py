"""Tasks of the demo region. All may run twice."""

from django.conf import settings
from django_tasks import task

from mengkeju.demo import shelf
from mengkeju.kernel import clock


@task()
def hold_shelf() -> str:
    """Nightly, on a demo site: the invented owners confirm their listings, so that the shelf does not empty itself."""
    if not settings.DEMO:
        return "不是演示站点"
    return f"确认仍然有效 {shelf.hold_shelf(now=clock.now())} 条"
