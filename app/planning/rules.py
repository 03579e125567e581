"""The rules of the database in a planner's words: which field breaks one, and what is allowed there."""

from __future__ import annotations

import re

from sqlalchemy.exc import IntegrityError

from app.errors import Problem

#: By the name of the CHECK without its table: the field that it is about, and what it allows.
RULES: dict[str, tuple[str, str]] = {
    "autocorrelation_in_range": ("autocorrelation", "between −1 and 1"),
    "availability_is_share": ("availability", "between 0 and 100 %"),
    "cap_is_share": ("cap", "between 0 and 1"),
    "category_where_operating": ("category", "an engine category for operating costs, and none for capital"),
    "code_is_iso": ("code", "three capital letters, such as CLP"),
    "commodity_given": ("commodity", "fill this in"),
    "concentrate_is_whole": (
        "concentrate_grade",
        "a concentrate names its metal and its grade; anything else has no concentrate's charges",
    ),
    "contingency_has_method": ("contingency", "a contingency with its method, or neither"),
    "copula_degrees_positive": ("copula_degrees", "greater than 0"),
    "cost_not_negative": ("cost", "at least 0"),
    "count_in_range": ("count", "from 1 to 1,200 periods"),
    "days_in_year_positive": ("days_in_year", "greater than 0"),
    "decimals_in_range": ("decimals", "from 0 to 8"),
    "deduction_has_kind": (
        "deduction_kind",
        "how the deduction bites where there is one, and none where there is not",
    ),
    "depreciation_life_positive": ("depreciation_life", "greater than 0"),
    "discount_offset_finite": ("discount_offset", "a number"),
    "distribution_is_object": ("distribution", "numbers by name"),
    "downtime_not_negative": ("downtime", "at least 0"),
    "element_given": ("element", "fill this in"),
    "factor_is_positive": ("factor", "greater than 0"),
    "factor_positive": ("factor", "greater than 0"),
    "first_is_index": ("first", "at least 0"),
    "first_year_in_range": ("first_year", "from 1900 to 2200"),
    "first_year_not_negative": ("first_year", "at least 0"),
    "interval_positive": ("interval", "greater than 0"),
    "kind_has_numbers": ("rate", "a rate, or steps for a sliding or tiered levy"),
    "lag_not_negative": ("lag", "at least 0"),
    "last_is_index": ("last", "at least 0"),
    "levy_takes_a_cost": ("cost_of", "a class where a levy is chosen, and none otherwise"),
    "life_not_negative": ("life", "at least 0"),
    "life_positive": ("life", "greater than 0"),
    "line_given": ("line", "fill this in"),
    "loss_cap_is_share": ("loss_cap", "between 0 and 1"),
    "loss_carry_back_not_negative": ("loss_carry_back", "at least 0"),
    "loss_expiry_positive": ("loss_expiry", "greater than 0"),
    "max_replaced_positive": ("max_replaced", "greater than 0"),
    "metal_given": ("metal", "fill this in"),
    "name_given": ("name", "fill this in"),
    "name_is_identifier": ("name", "small letters, digits and _, beginning with a letter"),
    "one_kind_of_uncertainty": ("process", "a distribution or a price process, not both"),
    "one_origin": ("source", "an ore source or a stockpile, and not both"),
    "one_recovery": ("recovery_curve", "a value or a curve, not both"),
    "opening_life_not_negative": ("opening_life", "at least 0"),
    "participation_is_whole": ("participation_share", "a share with its basis, or neither"),
    "periods_are_runs": ("periods", "runs of months, quarters or years"),
    "production_start_is_index": ("production_start", "at least 0"),
    "rate_is_positive": ("rate", "greater than 0"),
    "rebuild_interval_positive": ("rebuild_interval", "greater than 0"),
    "release_is_index": ("release", "at least 0"),
    "rho_in_range": ("rho", "between −1 and 1"),
    "slug_is_plain": ("slug", "small letters, digits and hyphens"),
    "step_positive": ("step", "greater than 0"),
    "trials_positive": ("trials", "greater than 0"),
    "two_currencies": ("quoted_in", "another currency than the one that is quoted"),
    "two_parameters": ("second", "another parameter than the first"),
    "unit_given": ("unit", "fill this in"),
    "utilisation_is_share": ("utilisation", "between 0 and 100 %"),
    "window_ordered": ("last", "not before the first period"),
    "write_off_is_index": ("write_off", "at least 0"),
    "years_in_range": ("years", "from 1 to 100"),
}
ENTERED_SUFFIX, ALLOWED_SUFFIX = "_entered", "_allowed"
REFERENCE = re.compile(r"Key \(([^)]*)\)=\((.*)\)")


def problem_of(error: IntegrityError) -> Problem:
    """Return what a broken rule means: the field, what stood there, and what is allowed."""
    said = getattr(error.orig, "diag", None)
    name, table = str(getattr(said, "constraint_name", "") or ""), str(getattr(said, "table_name", "") or "")
    rule = name.removeprefix(f"ck_{table}_")
    if rule in RULES:
        field, allowed = RULES[rule]
        return Problem(field, None, allowed)
    if rule.endswith(ENTERED_SUFFIX):
        return Problem(rule.removesuffix(ENTERED_SUFFIX), None, "numbers with their unit")
    detail = REFERENCE.search(str(getattr(said, "message_detail", "") or ""))
    columns = detail[1].split(", ") if detail else [""]
    value = detail[2].split(", ")[-1] if detail else None
    if name.startswith(("uq_", "pk_")):
        return Problem(columns[-1], value, "another one: this is there already")
    if "still referenced" in str(getattr(said, "message_detail", "")):
        words = table.replace("_", " ")
        return Problem("name", value, f"it is still referred to by {words}; change or delete those first")
    return Problem(columns[-1], value, "one that this scenario has")
