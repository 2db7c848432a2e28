"""Reads and compares the journals and tables of campaigns, for the reports."""
import collections
import json


def whole_lines(file):
    """Returns the complete lines of a journal, without one that a kill cut off."""
    with open(file, "rb") as source:
        return source.read().split(b"\n")[:-1]


def lines(file):
    return [json.loads(line) for line in whole_lines(file)]


def samples(journal):
    return [line for line in journal if line["type"] == "sample"]


def key(sample):
    return sample["cell"], sample["candidate"], sample["repetition"]


def doubled(journal):
    """Returns how many (cell, candidate, repetition) occur more than once."""
    counts = collections.Counter(map(key, samples(journal)))
    return sum(1 for count in counts.values() if count > 1)


def lost(journal, whole):
    """Returns how many measurements are missing in `journal`: repetitions below an existing one, and plans in cells that the
    campaign without kills has."""
    there = set(map(key, samples(journal)))
    last = {}
    for cell, candidate, repetition in there:
        last[cell, candidate] = max(repetition, last.get((cell, candidate), -1))
    gaps = sum(count + 1 for count in last.values()) - len(there)
    return gaps + len({key(sample)[:2] for sample in samples(whole)} - set(last))


def taken_back(file, copies):
    """Returns how many whole lines that a campaign had written at a kill are not at their place in its final journal."""
    final = whole_lines(file)
    missing = 0
    for copy in copies:
        kept = whole_lines(copy)
        missing += sum(1 for i, line in enumerate(kept) if i >= len(final) or line != final[i])
    return missing


def seconds_of_anchors(journal):
    return sum(sum(line["terms"].values()) for line in journal if line["type"] == "anchor") / 1e9


def structure(table):
    """Returns the common part of two tables of the same campaign: all but the measurements."""
    return {
        "model": table["model"],
        "cells": [cell["asked"] for cell in table["cells"]],
        "plans": [[(e["cut"], e["codec"]) for e in cell["estimates"]] for cell in table["cells"]],
        "samples": [[e["samples"] for e in cell["estimates"]] for cell in table["cells"]],
    }
