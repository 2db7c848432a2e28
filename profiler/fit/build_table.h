// Build table: makes the partition table from a journal of measurements.
//
// Pure functions. Thread-safe.
//
//   const Result<Journal> journal = Journal::read("samples.jsonl");
//   if (!journal) return journal.error();
//   const Result<PartitionTable> table = build_table(journal->measured(), "2025-01-02T03:04:05Z");
//   if (table) save(to_json(*table));
#pragma once

#include "policy/table/table.h"
#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <string>

namespace tideline::fit {

// Makes a table by the campaign's method.
// separable: predicts every cell of which all three sides were measured (separable.h), and validates the predictions by
// the held-out cells (held_out.h). The uncertainties include the errors that these show.
// exhaustive: means (winsorised for five or more measurements), p95 and confidence intervals per candidate and cell.
// All candidates of a cut run the same head, so the mean of heads is over the measurements of all of them. A cell's
// readings are medians over its samples. Its slowdowns are the median over candidates of the median head (tail) time
// over that of the baseline. A candidate's agreement does not depend on conditions, so every cell has it. Cells without
// a sample of every candidate are left out. Returns invalid if the baseline is one of them.
Result<table::PartitionTable> build_table(const journal::Measurements& measured, std::string created);
Result<table::PartitionTable> build_separable_table(const journal::Measurements& measured, std::string created);

// Returns the table's record of its origin.
table::PartitionTable::Origin origin_of(const journal::Measurements& measured, std::string created,
                                        table::Quality quality);

}  // namespace tideline::fit
