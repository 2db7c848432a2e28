"""Which plans are held still beside the policies, chosen from a partition table and the fluid limit. Pure."""
import dataclasses

from bench.lib.processes import Failed
from bench.photos.plans import LEAST, cell_at, is_allowed, plan_of, ranking, took

UPLINKS = [1.25 ** i for i in range(22)]  # Mbit/s, up to 108.
CLEARLY = 1.1  # A plan is slower than another if its p95 is so many times the other's.


@dataclasses.dataclass(frozen=True)
class Fluid:
    """The most requests per second that any mix of plans sustains, and the share of each plan in the best mix."""

    limit: float
    mix: dict


def read_fluid(told):
    """Returns the fluid limit from the JSON of agent --replay over one table and one trace."""
    place = told if "fluid_limit_per_s" in told else next(iter(told.get("cases", [])), {})
    if "fluid_limit_per_s" not in place:
        raise Failed("agent --replay says no fluid_limit_per_s; build an agent that knows it")
    return Fluid(place["fluid_limit_per_s"], {plan_of(part): part["share"] for part in place["fluid_mix"]})


def allowed(table):
    """Returns the table with only those plans that lose nothing, or agree well enough with fp32."""
    kept = lambda cell: [estimate for estimate in cell["estimates"] if is_allowed(estimate, LEAST)]
    return table | {"cells": [cell | {"estimates": kept(cell)} for cell in table["cells"]]}


def limit_of(estimate, megabits, work):
    """Returns how many requests per second the plan alone sustains: those of the busiest of edge, uplink and cloud. `work` is what the
    edge says of its CPU time."""
    mean = estimate["mean"]
    computed = {plan_of(one): one["computed_us"] for one in work["plans"]}
    here_ns = mean["head_ns"] + mean["encode_ns"]
    long_ns = 1e3 * (computed.get(plan_of(estimate), here_ns / 1e3) + work["rest_us"]) / work["cores"]
    return 1e9 / max(here_ns, long_ns, sending_ns(estimate, megabits), mean["tail_ns"])


def sending_ns(estimate, megabits):
    return 8000 * estimate["wire_bytes"] / megabits


def fastest_over_uplinks(cell, megabits):
    """Returns the plans that are the fastest at some uplink, that of the cell first and then the nearest ones. Their times are those
    of the cell, but for the time in which their bytes cross."""
    plans = set(ranking(cell, LEAST))
    estimates = [estimate for estimate in cell["estimates"] if plan_of(estimate) in plans]
    at = lambda uplink: lambda one: took(one) - sending_ns(one, megabits) + sending_ns(one, uplink)
    nearest = sorted(UPLINKS, key=lambda uplink: max(uplink / megabits, megabits / uplink))
    return [plan_of(min(estimates, key=at(uplink))) for uplink in (megabits, *nearest)]


def envelope(table, fluid, megabits, most, work, chosen=None):
    """Returns {plan: its limit}: those `chosen` before, or else the plans of the fluid limit's mix, and those that are the fastest at
    some uplink; at most so many."""
    cell = cell_at(table, megabits)
    mix = sorted(fluid.mix, key=fluid.mix.get, reverse=True)
    fastest, *others = fastest_over_uplinks(cell, megabits)
    chosen = chosen or list(dict.fromkeys([fastest, *mix, *others]))[:most]
    estimates = {plan_of(estimate): estimate for estimate in cell["estimates"]}
    return {plan: limit_of(estimates[plan], megabits, work) for plan in chosen}


def hopeful(limits, p95):
    """Returns the plans of which the next rate may make the best: those beside which no other is clearly faster at the last rate and
    sustains as much. `p95` has the plans that were measured at the last rate."""
    beaten = lambda plan: any(limits[other] >= limits[plan] and CLEARLY * p95[other] <= p95[plan] for other in p95 if other != plan)
    return [plan for plan in p95 if not beaten(plan)]
