"""Addresses of what comes after signing: milestones, acceptance, landings, benefits, people who came."""

from django.urls import path

from mengkeju.deals.web.performance import landings, milestones, returns

DEAL = "deals/<uuid:uid>"
MILESTONE = f"{DEAL}/milestones/<uuid:milestone_uid>"
LANDING = f"{DEAL}/landings/<uuid:landing_uid>"
urlpatterns = [
    path(f"{DEAL}/milestones/new/", milestones.plan, name="deal-milestones"),
    path(f"{MILESTONE}/edit/", milestones.edit, name="deal-milestone-edit"),
    path(f"{MILESTONE}/report/", milestones.report, name="deal-milestone-report"),
    path(f"{MILESTONE}/accept/", milestones.accept, name="deal-milestone-accept"),
    path(f"{MILESTONE}/send-back/", milestones.send_back, name="deal-milestone-send-back"),
    path(f"{MILESTONE}/drop/", milestones.drop, name="deal-milestone-drop"),
    path(f"{DEAL}/acceptance/new/", milestones.acceptance, name="deal-acceptance"),
    path(
        f"{DEAL}/acceptance/<uuid:acceptance_uid>/withdraw/",
        milestones.withdraw_acceptance,
        name="deal-acceptance-withdraw",
    ),
    path(f"{DEAL}/arrivals/new/", milestones.arrival, name="deal-arrival"),
    path(f"{DEAL}/arrivals/<uuid:arrival_uid>/withdraw/", milestones.withdraw_arrival, name="deal-arrival-withdraw"),
    path(f"{DEAL}/landings/new/", landings.new, name="deal-landing"),
    path(f"{LANDING}/edit/", landings.edit, name="deal-landing-edit"),
    path(f"{LANDING}/move/<slug:step>/", landings.move, name="deal-landing-move"),
    path(f"{LANDING}/production/", landings.production, name="deal-landing-production"),
    path(f"{LANDING}/year/", landings.year, name="deal-landing-year"),
    path(f"{DEAL}/benefits/new/", landings.benefit, name="deal-benefit"),
    path(f"{DEAL}/benefits/<uuid:benefit_uid>/withdraw/", landings.withdraw_benefit, name="deal-benefit-withdraw"),
    path("returns/", returns.index, name="returns"),
    path("returns/landings/", returns.landings, name="returns-landings"),
    path("returns/benefits/", returns.benefits, name="returns-benefits"),
    path("returns/arrivals/", returns.arrivals, name="returns-arrivals"),
]
