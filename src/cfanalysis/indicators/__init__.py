"""Indicators: what is counted, defined as data (catalogue.yml), worked out from an event log as monthly series."""

from cfanalysis.indicators.catalogue import FLOWS, Comparator, Crossing, FollowWindow, Indicator, catalogue
from cfanalysis.indicators.compute import compute
from cfanalysis.indicators.labels import category_names
from cfanalysis.indicators.reconcile import reconcile
from cfanalysis.indicators.rereferrals import RereferralEdges
from cfanalysis.indicators.wilson import wilson

__all__ = [
    "FLOWS",
    "Comparator",
    "Crossing",
    "FollowWindow",
    "Indicator",
    "RereferralEdges",
    "catalogue",
    "category_names",
    "compute",
    "reconcile",
    "wilson",
]
