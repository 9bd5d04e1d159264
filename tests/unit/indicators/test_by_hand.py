"""Every indicator on a handful of events, worked out by hand.

Each case: the events, then for months (and categories) the numerator, denominator and value; None is missing.
"""

from __future__ import annotations

import pandas as pd
import pytest

from cfanalysis.indicators.measures import MEASURES

POPULATION = pd.Series({2022: 20_000.0, 2023: 25_000.0})

CASES = {
    "contacts": (
        """
        A contact 2023-05-01 source=6
        A contact 2023-05-01 source=6
        B contact 2023-05-31 source=1A
        C contact 2023-06-01 source=1C
        """,
        {
            ("all", "2023-05"): (3, None, 3),
            ("all", "2023-06"): (1, None, 1),
            ("all", "2023-07"): (0, None, 0),
            ("source: Police", "2023-05"): (2, None, 2),
            ("source: Individual", "2023-05"): (1, None, 1),
            ("source: Individual", "2023-06"): (1, None, 1),
        },
    ),
    "early_help_started": (
        "A early_help 2023-05-01 2023-06-20 area=North",
        {("all", "2023-05"): (1, None, 1), ("all", "2023-06"): (0, None, 0), ("area: North", "2023-05"): (1, None, 1)},
    ),
    "referrals": (
        """
        A referral 2023-05-01 source=2A team=Front_door
        B referral 2023-05-09 source=2B team=Front_door
        C referral 2023-05-10 source=weird
        D referral 2023-06-30
        """,
        {
            ("all", "2023-05"): (3, None, 3),
            ("all", "2023-06"): (1, None, 1),
            ("source: Schools", "2023-05"): (1, None, 1),
            ("source: Education services", "2023-05"): (1, None, 1),
            ("source: Not recognised", "2023-05"): (1, None, 1),
            ("source: Unknown", "2023-06"): (1, None, 1),
            ("team: Front door", "2023-05"): (2, None, 2),
            ("team: Not recorded", "2023-05"): (1, None, 1),
        },
    ),
    "referrals_nfa": (  # an outcome that is not recorded stays in the denominator
        """
        A referral 2023-05-01 outcome=nfa
        B referral 2023-05-02 outcome=not_nfa
        C referral 2023-05-03 outcome=not_nfa
        D referral 2023-05-04
        """,
        {("all", "2023-05"): (1, 4, 25.0), ("all", "2023-06"): (0, 0, None)},
    ),
    "rereferrals": (  # B's second comes 12 months and a day after the first; C's two on one day are one event twice
        """
        A referral 2022-05-20
        A referral 2023-05-20
        A referral 2023-05-25
        B referral 2022-05-19
        B referral 2023-05-20
        C referral 2023-05-20
        C referral 2023-05-20
        D referral 2023-04-01 outcome=nfa
        D referral 2023-05-31
        """,
        {("all", "2023-05"): (3, 6, 50.0), ("all", "2023-04"): (0, 1, 0.0), ("all", "2022-05"): (0, 2, 0.0)},
    ),
    "rereferrals_after_closure": (  # B comes back on the day of closure, C a day too late
        """
        A cin_episode 2022-01-01 2022-05-10
        A referral 2023-05-10
        B cin_episode 2022-01-01 2022-05-10
        B referral 2022-05-10
        C cin_episode 2022-01-01 2022-05-10
        C referral 2023-05-11
        D cin_episode 2022-01-01
        D referral 2022-06-01
        """,
        {("all", "2022-05"): (1, 3, 100 / 3), ("all", "2022-06"): (0, 0, None)},
    ),
    "contacts_to_referral": (  # 0 and 14 days count; 15 days, and a referral the day before, do not
        """
        A contact 2023-05-10
        A referral 2023-05-10
        B contact 2023-05-30
        B referral 2023-06-13
        C contact 2023-05-10
        C referral 2023-05-25
        D contact 2023-05-10
        D referral 2023-05-09
        """,
        {("all", "2023-05"): (2, 4, 50.0)},
    ),
    "referrals_to_assessment": (  # 30 days count, 31 do not
        """
        A referral 2023-05-01
        A assessment 2023-05-31
        B referral 2023-05-01
        B assessment 2023-06-01
        C referral 2023-05-15 outcome=nfa
        """,
        {("all", "2023-05"): (1, 3, 100 / 3)},
    ),
    "assessments_completed": (
        """
        A assessment 2023-04-20 2023-05-31
        B assessment 2023-05-01
        """,
        {("all", "2023-04"): (0, None, 0), ("all", "2023-05"): (1, None, 1)},
    ),
    "assessments_in_45_days": (  # nine weeks from Monday 9 January 2023 without a bank holiday are 45 working days
        """
        A assessment 2023-01-09 2023-03-13
        B assessment 2023-01-09 2023-03-14
        C assessment 2023-03-01 2023-03-01
        D assessment 2023-03-01
        """,
        {("all", "2023-03"): (2, 3, 200 / 3)},
    ),
    "child_seen": (  # C was not yet born, D does not say
        """
        A assessment 2023-04-01 2023-05-02 category=seen birth_date=2015-01-01
        B assessment 2023-04-01 2023-05-02 category=not_seen birth_date=2023-05-02
        C assessment 2023-04-01 2023-05-02 category=not_seen birth_date=2023-05-03
        D assessment 2023-04-01 2023-05-02 birth_date=2015-01-01
        E assessment 2023-04-01 2023-05-02 category=seen
        """,
        {("all", "2023-05"): (2, 3, 200 / 3), ("age: Under 1", "2023-05"): (0, 1, 0.0), ("age: 5 to 9", "2023-05"): (1, 1, 100.0)},
    ),
    "s47_started": (
        """
        A s47 2023-05-01 outcome=icpc
        A s47 2023-05-20
        """,
        {("all", "2023-05"): (2, None, 2)},
    ),
    "icpcs": ("A icpc 2023-05-01 clock_start=2023-04-20", {("all", "2023-05"): (1, None, 1), ("all", "2023-04"): (0, None, 0)}),
    "icpcs_in_15_days": (  # 3 to 26 April 2023 is 17 weekdays less Good Friday and Easter Monday; D has no enquiry, E a later one
        """
        A icpc 2023-04-26 clock_start=2023-04-03
        B icpc 2023-04-27 clock_start=2023-04-03
        C icpc 2023-04-03 clock_start=2023-04-03
        D icpc 2023-04-03
        E icpc 2023-04-03 clock_start=2023-04-04
        """,
        {("all", "2023-04"): (2, 5, 40.0)},
    ),
    "cin_open": (  # a case closed on the last day is not open at its end; one that starts then is
        """
        A cin_episode 2023-04-30 category=N1 birth_date=2018-05-31
        B cin_episode 2023-01-01 2023-04-30 category=N2
        C cin_episode 2023-01-01 2023-05-01 category=N4
        D cin_episode 2023-05-02 2023-05-03 category=N1
        """,
        {
            ("all", "2023-03"): (2, None, 2),
            ("all", "2023-04"): (2, None, 2),
            ("all", "2023-05"): (1, None, 1),
            ("category: Abuse or neglect", "2023-05"): (1, None, 1),
            ("category: Family in acute stress", "2023-04"): (1, None, 1),
            ("age: 1 to 4", "2023-04"): (1, None, 1),  # A turns five on 31 May
            ("age: 5 to 9", "2023-05"): (1, None, 1),
            ("age: Not recorded", "2023-04"): (1, None, 1),
        },
    ),
    "cin_started": (
        """
        A cin_episode 2023-05-01 2023-05-02
        B cin_episode 2023-05-31
        """,
        {("all", "2023-05"): (2, None, 2)},
    ),
    "cin_ended": (
        """
        A cin_episode 2023-01-01 2023-05-31
        B cin_episode 2023-01-01
        """,
        {("all", "2023-05"): (1, None, 1), ("all", "2023-01"): (0, None, 0)},
    ),
    "cin_ended_by_reason": (
        """
        A cin_episode 2023-01-01 2023-05-31 outcome=RC1
        B cin_episode 2023-01-01 2023-05-31 outcome=RC9
        C cin_episode 2023-01-01 2023-05-31
        """,
        {
            ("all", "2023-05"): (3, None, 3),
            ("reason: Adopted", "2023-05"): (1, None, 1),
            ("reason: Case closed after assessment, referred to early help", "2023-05"): (1, None, 1),
            ("reason: Not recorded", "2023-05"): (1, None, 1),
        },
    ),
    "cin_duration": (  # 30, 10 and 11 days; C's clock started with the referral
        """
        A cin_episode 2023-05-01 2023-05-31 team=East
        B cin_episode 2023-05-01 2023-05-11 team=West
        C cin_episode 2023-05-10 2023-05-20 team=West clock_start=2023-05-09
        """,
        {("all", "2023-05"): (None, 3, 11.0), ("team: West", "2023-05"): (None, 2, 10.5), ("all", "2023-06"): (None, 0, None)},
    ),
    "cp_duration": (  # 120 and 30 days; C's plan goes on
        """
        A cp_plan 2023-01-31 2023-05-31 category=NEG
        B cp_plan 2023-05-01 2023-05-31 category=EMO
        C cp_plan 2023-05-01 category=NEG
        """,
        {("all", "2023-05"): (None, 2, 75.0), ("category: Neglect", "2023-05"): (None, 1, 120.0), ("all", "2023-06"): (None, 0, None)},
    ),
    "cla_duration": (  # 365, 10 and 20 days
        """
        A cla_period 2022-05-10 2023-05-10 outcome=E11
        B cla_period 2023-05-01 2023-05-11 outcome=E4A
        C cla_period 2023-05-01 2023-05-21 outcome=E4A
        """,
        {("all", "2023-05"): (None, 3, 20.0), ("reason: Adopted - application unopposed", "2023-05"): (None, 1, 365.0)},
    ),
    "cp_open": (
        """
        A cp_plan 2023-04-01 category=NEG
        B cp_plan 2023-04-01 2023-05-15 category=EMO
        """,
        {
            ("all", "2023-04"): (2, None, 2),
            ("all", "2023-05"): (1, None, 1),
            ("category: Emotional abuse", "2023-04"): (1, None, 1),
            ("category: Emotional abuse", "2023-05"): (0, None, 0),
        },
    ),
    "cp_started": ("A cp_plan 2023-04-01 2023-06-01", {("all", "2023-04"): (1, None, 1), ("all", "2023-06"): (0, None, 0)}),
    "cp_ended": ("A cp_plan 2023-04-01 2023-06-01", {("all", "2023-04"): (0, None, 0), ("all", "2023-06"): (1, None, 1)}),
    "cp_subsequent": (
        """
        A cp_plan 2023-04-01 outcome=first
        B cp_plan 2023-04-01 outcome=subsequent
        C cp_plan 2023-04-01
        """,
        {("all", "2023-04"): (1, 3, 100 / 3)},
    ),
    "cp_two_years": (  # on 31 March 2023 A has been open for 730 days and B for 729
        """
        A cp_plan 2021-03-31
        B cp_plan 2021-04-01
        C cp_plan 2021-01-01 2023-03-31
        """,
        {("all", "2023-03"): (1, 2, 50.0), ("all", "2023-04"): (2, 2, 100.0), ("all", "2023-02"): (1, 3, 100 / 3)},
    ),
    "cla_open": (
        """
        A cla_period 2023-04-01 category=N1
        B cla_period 2023-04-01 2023-05-15 category=N8
        """,
        {("all", "2023-04"): (2, None, 2), ("all", "2023-05"): (1, None, 1), ("category: Absent parenting", "2023-04"): (1, None, 1)},
    ),
    "cla_started": ("A cla_period 2023-04-01", {("all", "2023-04"): (1, None, 1)}),
    "cla_ended": (
        "A cla_period 2023-04-01 2023-07-31 outcome=E3",
        {("all", "2023-07"): (1, None, 1), ("reason: Care taken by another LA", "2023-07"): (1, None, 1)},
    ),
    "placements": (
        """
        A cla_period 2023-04-01 source=PR4
        B cla_period 2023-04-01 2023-05-15 source=PR1
        C cla_period 2023-04-01
        """,
        {
            ("all", "2023-05"): (2, None, 2),
            ("provider: Private provision", "2023-05"): (1, None, 1),
            ("provider: Own provision", "2023-04"): (1, None, 1),
            ("provider: Not recorded", "2023-05"): (1, None, 1),
        },
    ),
    "caseload": (  # A counts once in East, though two episodes overlap there, and once in West
        """
        A cin_episode 2023-04-01 2023-05-10 team=East
        A cin_episode 2023-04-15 team=East
        A cin_episode 2023-04-20 team=West
        B cin_episode 2023-04-01 2023-06-01 team=East
        """,
        {
            ("all", "2023-04"): (2, None, 2),
            ("all", "2023-06"): (1, None, 1),
            ("team: East", "2023-04"): (2, None, 2),
            ("team: East", "2023-05"): (2, None, 2),
            ("team: East", "2023-06"): (1, None, 1),
            ("team: West", "2023-05"): (1, None, 1),
        },
    ),
    "care_leavers_in_touch": (  # of two pictures in a month the later holds; D has died
        """
        A care_leaver 2023-05-10 outcome=no
        A care_leaver 2023-05-31 outcome=yes birth_date=2003-06-01
        B care_leaver 2023-05-31 outcome=refu birth_date=2005-01-01
        C care_leaver 2023-05-31 birth_date=1999-01-01
        D care_leaver 2023-05-31 outcome=died birth_date=2003-01-01
        """,
        {
            ("all", "2023-05"): (1, 3, 100 / 3),
            ("all", "2023-06"): (None, None, None),
            ("age: 19 to 21", "2023-05"): (1, 1, 100.0),
            ("age: 17 and 18", "2023-05"): (0, 1, 0.0),
            ("age: 22 and over", "2023-05"): (0, 1, 0.0),
        },
    ),
    "care_leavers_suitable": (
        """
        A care_leaver 2023-05-31 category=suitable
        B care_leaver 2023-05-31 category=unsuitable
        C care_leaver 2023-05-31
        D care_leaver 2023-05-31 category=suitable outcome=died
        """,
        {("all", "2023-05"): (1, 3, 100 / 3)},
    ),
    "care_leavers_eet": (
        """
        A care_leaver 2023-05-31 source=F2
        B care_leaver 2023-05-31 source=P5
        C care_leaver 2023-05-31 source=G4
        D care_leaver 2023-05-31 outcome=no
        """,
        {("all", "2023-05"): (2, 4, 50.0)},
    ),
    "referral_rate": (  # March 2023 belongs to 2022-23, which DfE divides by mid-2022, and April to 2023-24; mid-2024 is not given yet
        """
        A referral 2023-03-31
        B referral 2023-04-01
        """,
        {("all", "2023-03"): (1, 20_000, 0.5), ("all", "2023-04"): (1, 25_000, 0.4), ("all", "2024-04"): (0, 25_000, 0.0)},
    ),
    "cin_rate": ("A cin_episode 2023-04-01", {("all", "2024-04"): (1, 25_000, 0.4)}),
    "cp_rate": ("A cp_plan 2023-04-01", {("all", "2024-04"): (1, 25_000, 0.4)}),
    **{
        name: (  # B names no factor and is left out; C says that there was none and stays; the second code of the pair counts too
            f"""
            A factors 2023-04-01 2023-05-10 category={codes}
            A factors 2023-04-01 2023-05-20 category=20
            B factors 2023-04-01 2023-05-10
            C factors 2023-04-01 2023-05-31 category=21
            D factors 2023-04-01 2023-05-31 category=20,{codes.split(",")[-1]}
            E factors 2023-04-01 category={codes}
            """,
            {("all", "2023-05"): (2, 4, 50.0), ("all", "2023-04"): (0, 0, None)},
        )
        for name, codes in {
            "factor_domestic_abuse": "3A,3C",
            "factor_domestic_abuse_parent": "3B",
            "factor_mental_health": "4A,4C",
            "factor_mental_health_child": "4A",
            "factor_mental_health_parent": "4B",
            "factor_substance_misuse": "1B,2C",
            "factor_neglect": "16A",
            "factor_emotional_abuse": "17A",
            "factor_exploitation": "11A,24A",
        }.items()
    },
    "factors_per_assessment": (  # 3, none, and one named twice
        """
        A factors 2023-04-01 2023-05-10 category=3B,4B,16A
        B factors 2023-04-01 2023-05-11 category=21
        C factors 2023-04-01 2023-05-12 category=2B,2B
        D factors 2023-04-01 2023-05-13
        """,
        {("all", "2023-05"): (4, 3, 4 / 3), ("all", "2023-06"): (0, 0, None)},
    ),
    "complex_assessments": (
        """
        A factors 2023-04-01 2023-05-10 category=3B,4B,16A
        B factors 2023-04-01 2023-05-11 category=3B,4B
        """,
        {("all", "2023-05"): (1, 2, 50.0)},
    ),
    "s47_per_100_cin": (  # A's two enquiries over two open cases; in June one case and no enquiry; in July nothing is open
        """
        A s47 2023-05-01
        A s47 2023-05-20
        A cin_episode 2023-04-01 2023-06-01
        B cin_episode 2023-04-01 2023-07-01
        """,
        {("all", "2023-05"): (2, 2, 100.0), ("all", "2023-06"): (0, 1, 0.0), ("all", "2023-07"): (0, 0, None)},
    ),
    "cin_plans_open": (
        "A cin_plan 2023-04-01 2023-05-31\nB cin_plan 2023-05-31",
        {("all", "2023-04"): (1, None, 1), ("all", "2023-05"): (1, None, 1)},
    ),
    "cin_plans_started": ("A cin_plan 2023-04-01 2023-05-31", {("all", "2023-04"): (1, None, 1), ("all", "2023-05"): (0, None, 0)}),
    "cin_plans_ended": ("A cin_plan 2023-04-01 2023-05-31", {("all", "2023-04"): (0, None, 0), ("all", "2023-05"): (1, None, 1)}),
    "cp_reviews_up_to_date": (  # A's review holds to 30 September; B is not yet three months old in March; C's review is another plan's
        """
        A cp_plan 2023-01-01
        A cp_review 2023-03-31
        B cp_plan 2023-01-10
        C cp_plan 2022-06-01
        C cp_plan 2020-01-01 2021-01-01
        C cp_review 2020-03-01
        """,
        {
            ("all", "2023-03"): (0, 1, 0.0),
            ("all", "2023-04"): (1, 3, 100 / 3),
            ("all", "2023-09"): (1, 3, 100 / 3),
            ("all", "2023-10"): (0, 3, 0.0),
        },
    ),
    "pre_proceedings_open": (
        "A pre_proceedings 2023-04-01 2023-06-10\nB pre_proceedings 2023-05-01",
        {("all", "2023-05"): (2, None, 2), ("all", "2023-06"): (1, None, 1)},
    ),
    "pre_proceedings_started": ("A pre_proceedings 2023-04-01 2023-06-10", {("all", "2023-04"): (1, None, 1)}),
    "pre_proceedings_duration": (
        "A pre_proceedings 2023-06-01 2023-06-11\nB pre_proceedings 2023-06-01 2023-06-21",
        {("all", "2023-06"): (None, 2, 15.0), ("all", "2023-07"): (None, 0, None)},
    ),
    **{
        name: (  # a step before the one it follows, and one that follows nothing dated, are left out
            f"""
            A {event} 2023-06-11 clock_start=2023-06-01
            B {event} 2023-06-05 clock_start=2023-06-10
            C {event} 2023-06-05
            """,
            {("all", "2023-06"): (None, 1, 10.0)},
        )
        for name, event in {
            "pre_proceedings_to_letter": "pp_letter",
            "pre_proceedings_to_meeting": "pp_meeting",
            "pre_proceedings_to_court": "pp_court",
        }.items()
    },
    "family_meetings_offered": (
        """
        A pre_proceedings 2023-06-01 outcome=offered
        B pre_proceedings 2023-06-01 outcome=not_offered
        C pre_proceedings 2023-06-01
        """,
        {("all", "2023-06"): (1, 2, 50.0)},
    ),
    "family_meetings_held": (
        """
        A pre_proceedings 2023-06-01 outcome=offered category=held
        B pre_proceedings 2023-06-01 outcome=offered
        C pre_proceedings 2023-06-01 outcome=not_offered category=held
        """,
        {("all", "2023-06"): (1, 1, 100.0)},
    ),
    "contacts_nfa": (  # one with no outcome recorded stays in the denominator
        """
        A contact 2023-05-01 source=6 outcome=nfa
        B contact 2023-05-02 source=6 outcome=referral
        C contact 2023-05-03 source=1A outcome=nfa
        D contact 2023-05-04 source=1A
        E contact 2023-06-04
        """,
        {
            ("all", "2023-05"): (2, 4, 50.0),
            ("source: Individual", "2023-05"): (1, 2, 50.0),
            ("all", "2023-06"): (None, None, None),
        },
    ),
    "icpcs_by_target": (  # B was late, C is not held yet
        """
        A icpc_target 2023-05-20 clock_start=2023-05-20
        B icpc_target 2023-05-21 clock_start=2023-05-22
        C icpc_target 2023-05-22
        D icpc_target 2023-05-23 clock_start=2023-04-30
        """,
        {("all", "2023-05"): (2, 4, 50.0), ("all", "2023-06"): (0, 0, None)},
    ),
    "cp_visits_up_to_date": (  # 31 May: A seen 28 days before, B 29, C was out, D has a plan of 27 days, E's visit was before its plan
        """
        A cp_plan 2023-01-01
        A cp_visit 2023-05-03
        B cp_plan 2023-01-01
        B cp_visit 2023-05-02
        C cp_plan 2023-05-03
        C cp_visit 2023-05-20 category=not_seen
        D cp_plan 2023-05-04
        D cp_visit 2023-05-05
        E cp_plan 2023-05-03
        E cp_visit 2023-05-02
        """,
        {("all", "2023-05"): (1, 4, 25.0), ("all", "2023-06"): (0, 5, 0.0)},
    ),
    "cla_visits_up_to_date": (  # 30 June: A seen 42 days before, B 43
        """
        A cla_period 2023-01-01
        A cla_visit 2023-05-19 category=seen
        B cla_period 2023-01-01 2023-07-10
        B cla_visit 2023-05-18
        """,
        {("all", "2023-06"): (1, 2, 50.0), ("all", "2023-07"): (0, 1, 0.0)},
    ),
    "cla_three_placements": (  # to 31 May 2023 from 1 June 2022: the first of A's four ended the day before, B's on the day
        """
        A cla_period 2022-01-01
        A placement 2022-01-01 2022-05-31
        A placement 2022-05-31 2022-08-01
        A placement 2022-08-01 2022-12-01
        A placement 2022-12-01
        B cla_period 2022-01-01 2023-06-10
        B placement 2022-01-01 2022-05-31
        B placement 2022-05-31 2022-08-01
        B placement 2022-08-01
        """,
        {("all", "2023-05"): (1, 2, 50.0), ("all", "2023-06"): (1, 1, 100.0)},
    ),
    "missing_episodes": (
        """
        A missing 2023-05-01 2023-05-02 category=missing
        A missing 2023-05-09 2023-05-09
        B missing 2023-05-01 2023-05-02 category=absent
        """,
        {("all", "2023-05"): (2, None, 2), ("all", "2023-06"): (0, None, 0)},
    ),
    "return_interviews_offered": (
        """
        A missing 2023-05-01 outcome=offered
        B missing 2023-05-01 outcome=not_offered
        C missing 2023-05-01
        D missing 2023-05-01 outcome=offered category=absent
        """,
        {("all", "2023-05"): (1, 2, 50.0)},
    ),
    "care_leavers_pathway": (  # six months to the day; a leaver without a date stays in the total
        """
        A care_leaver 2023-08-31 outcome=yes clock_start=2023-02-28
        B care_leaver 2023-08-31 outcome=no clock_start=2023-03-01
        C care_leaver 2023-08-31 outcome=yes
        D care_leaver 2023-08-31 outcome=died clock_start=2023-08-01
        """,
        {("all", "2023-08"): (1, 3, 100 / 3)},
    ),
    "three_workers": (  # A: Ann, Ben and Cem in the year to May, Ann long gone in June; B: Ann twice and Ben; C is closed
        """
        A cin_episode 2022-01-01
        A involvement 2022-01-01 2022-06-01 worker=Ann
        A involvement 2022-06-01 2022-12-01 worker=Ben
        A involvement 2022-12-01 worker=Cem
        B cin_episode 2022-01-01
        B cin_episode 2022-03-01
        B involvement 2022-08-01 2022-09-01 worker=Ann
        B involvement 2022-09-01 2022-10-01 worker=Ben
        B involvement 2022-10-01 worker=Ann
        C cin_episode 2022-01-01 2023-05-31
        C involvement 2023-01-01 2023-02-01 worker=Ann
        C involvement 2023-02-01 2023-03-01 worker=Ben
        C involvement 2023-03-01 worker=Cem
        """,
        {("all", "2023-05"): (1, 2, 50.0), ("all", "2023-06"): (0, 2, 0.0)},
    ),
    "worker_changes": (  # A: Ben in June 2022, Cem in December; B: a new episode long after is no change, Ann to Ben and back is two
        """
        A cin_episode 2022-01-01
        A involvement 2022-01-01 2022-06-01 worker=Ann
        A involvement 2022-06-15 2022-12-01 worker=Ben
        A involvement 2022-12-01 worker=Cem
        B cin_episode 2022-01-01
        B involvement 2022-01-01 2022-06-01 worker=Cem
        B involvement 2022-08-01 2022-09-01 worker=Ann
        B involvement 2022-09-01 2022-10-01 worker=Ben
        B involvement 2022-10-01 worker=Ann
        """,
        {("all", "2023-05"): (4, 2, 2.0), ("all", "2023-06"): (3, 2, 1.5)},
    ),
    "cla_rate": ("A cla_period 2023-04-01", {("all", "2024-04"): (1, 25_000, 0.4)}),
}


def test_every_indicator_that_comes_from_events_is_worked_by_hand() -> None:
    assert set(CASES) == set(MEASURES)


@pytest.mark.parametrize("name", CASES)
def test_indicator_by_hand(name: str, worked) -> None:
    events, expected = CASES[name]
    months = [month for _, month in expected]
    population = POPULATION if name.endswith("_rate") else None
    frame = worked(events, name, min(months), max(months), population=population)
    for place, wanted in expected.items():
        row = frame.loc[place]
        found = tuple(None if pd.isna(row[column]) else row[column] for column in ("numerator", "denominator", "value"))
        assert found == pytest.approx(wanted), place
        assert (row["flag"] == "") == (wanted[2] is not None), place
