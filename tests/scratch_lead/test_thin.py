import pytest
from tests import factories as f
from mengkeju.kernel import clock
from mengkeju.listings.models import Listing
from mengkeju.deals.models import Intention
pytestmark = pytest.mark.django_db

def body(r): return r.content.decode()

def test_thin():
    firm = f.organisation("鹿原化工（演示）"); uni=f.organisation("演示大学（演示）", kind="university", area="150102")
    fm, um = f.manager(firm), f.manager(uni)
    off, off2 = f.officer("150200"), f.officer("150100")
    c = f.signed_in_client(fm)
    r=c.get("/listings/new/need/"); assert r.status_code==200, body(r)[:2000]
    data={"owner":str(firm.uid),"title":"气化细渣脱碳","summary":"副产细渣6万吨","area":"150203","price_low":"800万","price_high":"1000万","deadline":"2027-06-30","tier":"public","tier_targets":"public","tier_terms":"public","tier_private":"parties","confidential":"SECRET1","one_time_key":"k1"}
    r=c.post("/listings/new/need/",data); assert r.status_code==302, body(r)
    need=Listing.objects.get()
    assert r.url.endswith("/submit/")
    r=c.get(r.url); assert r.status_code==200
    r=c.post(f"/listings/{need.uid}/submit/",{"secrecy_level":"公开","secrecy_reviewed":"on","revision":need.revision}); assert r.status_code==302, body(r)
    o=f.signed_in_client(off)
    r=o.get("/reviews/"); assert "气化细渣" in body(r), r.status_code
    r=o.get(f"/reviews/{need.uid}/"); assert r.status_code==200
    need.refresh_from_db()
    r=o.post(f"/reviews/{need.uid}/",{"decision":"approve","revision":need.revision}); assert r.status_code==302
    u=f.signed_in_client(um)
    r=u.get(f"/listings/{need.uid}/"); assert r.status_code==200; assert "SECRET1" not in body(r)
    r=u.get(f"/listings/{need.uid}/intend/"); assert r.status_code==200, body(r)
    r=u.post(f"/listings/{need.uid}/intend/",{"declaring":str(uni.uid),"message":"我们能做","one_time_key":"x"}); assert r.status_code==302, body(r)
    i=Intention.objects.get()
    r=u.get(r.url); assert r.status_code==200
    r=c.get(f"/intentions/{i.uid}/"); assert r.status_code==200
    r=c.post(f"/intentions/{i.uid}/answer/",{"answer":"decline","reason":"other"}); assert r.status_code==422
    r=c.post(f"/intentions/{i.uid}/answer/",{"answer":"accept"}); assert r.status_code==302
    r=u.get(f"/listings/{need.uid}/"); assert "SECRET1" in body(r)
    r=c.get("/workbench/"); assert r.status_code==200
    r=c.get("/intentions/"); assert r.status_code==200
    r=c.get("/notices/"); assert r.status_code==200
    r=c.get("/listings/mine/"); assert r.status_code==200
    r=c.get(f"/listings/{need.uid}/history/"); assert r.status_code==200
    r=c.get(f"/listings/{need.uid}/edit/"); assert r.status_code==200
    r=c.get("/"); assert r.status_code==200
