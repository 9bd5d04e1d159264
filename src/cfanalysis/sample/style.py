"""How values look in a file: lettered codes (``a) Yes``) or bare ones, dates as text or as Excel's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

# Wording as in Ofsted's Annex A guidance; letters as the systems that fill it print them.
YES_NO = {"Yes": "a) Yes", "No": "b) No", "Unknown": "c) Unknown"}
SEX = {"M": "a) Male", "F": "b) Female", "U": "c) Not stated/recorded (or unborn)"}
ETHNIC_ORDER = (
    "WBRI", "WIRI", "WIRT", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN", "AOTH", "BCRB", "BAFR", "BOTH",
    "CHNE", "OOTH",
)  # fmt: skip
SOURCE = {
    "1A": "a) 1A: Individual", "1B": "b) 1B: Individual", "1C": "c) 1C: Individual", "1D": "d) 1D: Individual", "2A": "e) 2A: Schools",
    "2B": "f) 2B: Education services", "3A": "g) 3A: Health services", "3B": "h) 3B: Health services", "3C": "i) 3C: Health services",
    "3D": "j) 3D: Health services", "3E": "k) 3E: Health services", "3F": "l) 3F: Health services", "4": "m) 4: Housing",
    "5A": "n) 5A: LA services", "5B": "o) 5B: LA services", "5C": "p) 5C: LA services", "5D": "p1) 5D: LA services", "6": "q) 6: Police",
    "7": "r) 7: Other legal agency", "8": "s) 8: Other", "9": "t) 9: Anonymous", "10": "u) 10: Unknown",
}  # fmt: skip
ABUSE = {
    "NEG": "a) Neglect",
    "PHY": "b) Physical abuse",
    "SAB": "c) Sexual abuse",
    "EMO": "d) Emotional abuse",
    "MUL": "e) Multiple/not recommended",
}
NEED = {
    "N1": "N1 - Abuse or neglect", "N2": "N2 - Child's disability", "N3": "N3 - Parental disability or illness",
    "N4": "N4 - Family in acute stress", "N5": "N5 - Family dysfunction", "N6": "N6 - Socially unacceptable behaviour",
    "N7": "N7 - Low income", "N8": "N8 - Absent parenting", "N9": "N9 - Cases other than children in need", "N0": "N0 - Not stated",
}  # fmt: skip
CLOSURE = {
    "RC1": "RC1 - Adopted", "RC2": "RC2 - Died", "RC3": "RC3 - Child arrangements order", "RC4": "RC4 - Special guardianship order",
    "RC5": "RC5 - Transferred to services of another local authority", "RC6": "RC6 - Transferred to adult social care services",
    "RC7": "RC7 - Services ceased for any other reason, including child no longer in need",
    "RC8": "RC8 - Case closed after assessment, no further action", "RC9": "RC9 - Case closed after assessment, referred to early help",
}  # fmt: skip
STATUS = {
    "Looked after child": "a) Looked after child", "Child Protection plan": "b) Child Protection plan",
    "Child in need plan": "c) Child in need plan", "Open assessment": "d) Open assessment", "Closed episode": "e) Closed episode",
}  # fmt: skip
TOUCH = {"Yes": "a) Yes", "No": "b) No", "DIED": "c) Died", "REFU": "d) Refu", "NREQ": "e) NREQ", "RHOM": "f) Rhom"}
SUITABLE = {"Suitable": "a) Suitable", "Unsuitable": "b) Unsuitable"}
ELIGIBLE = {"Relevant child": "a) Relevant child", "Former relevant child": "b) Former relevant child"}
PROVIDER = {
    "PR0": "a) PR0: Parent(s) or other person(s) with parental responsibility", "PR1": "b) PR1: Own provision (by the LA)",
    "PR2": "c) PR2: Other LA provision", "PR3": "d) PR3: Other public provision", "PR4": "e) PR4: Private provision",
    "PR5": "f) PR5: Voluntary/third sector provision",
}  # fmt: skip

_LABELS: Mapping[str, Mapping[str, str]] = {
    "Gender": SEX,
    "Sex": SEX,
    "Ethnicity": {code: f"{'abcdefghijklmnopqrst'[i]}) {code}" for i, code in enumerate(ETHNIC_ORDER)},
    "Contact Source": SOURCE,
    "Referral Source": SOURCE,
    "Primary Need Code": NEED,
    "Child's Category of Need": NEED,
    "Reason for Closure": CLOSURE,
    "Case Status": STATUS,
    "Initial Category of Abuse": ABUSE,
    "Latest Category of Abuse": ABUSE,
    "LA in Touch": TOUCH,
    "Suitability of Accommodation": SUITABLE,
    "Eligibility Category": ELIGIBLE,
    "Placement Provider": PROVIDER,
}


def styled(frame: pd.DataFrame, style: Mapping[str, Any], form: str) -> pd.DataFrame:
    """The list as one authority's system writes it: its codes, its heading for sex, and text dates unless Excel dates are its way."""
    made = frame.rename(columns={"Gender": style["sex"]})
    text_dates = form == "csv" or style["dates"] == "text"
    for name in made.columns:
        column = made[name]
        if column.dtype.kind == "M":
            if text_dates:
                made[name] = date_text(column, day_first=bool(style["day_first"]))
        elif style["codes"] == "lettered" and column.dtype.kind not in "if":
            labels = _LABELS.get(name, YES_NO)
            place, words = pd.factorize(column.astype(object))
            shown = np.array([*(labels.get(word, word) for word in words), None], dtype=object)
            made[name] = shown[place]  # a blank is at -1, the last
    return made


def date_text(column: pd.Series, *, day_first: bool) -> pd.Series:
    """Dates as 31/03/2018 or 2018-03-31; blank where there is none."""
    days = column.to_numpy().astype("datetime64[D]")
    some, where = np.unique(days, return_inverse=True)
    iso = some.astype(str)
    words = [None if text == "NaT" else (f"{text[8:]}/{text[5:7]}/{text[:4]}" if day_first else text) for text in iso]
    return pd.Series(np.array(words, dtype=object)[where], index=column.index, dtype=object)
