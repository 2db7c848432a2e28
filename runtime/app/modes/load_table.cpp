#include "runtime/app/modes/load_table.h"

#include "policy/table/table_json.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/find_for.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/base/file.h"
#include "runtime/base/outside.h"

#include <string>
#include <utility>

namespace tideline::modes {
namespace {

// Returns invalid unless the table was measured with this model, these cuts, this precision and this kind of processor.
Result<void> check_origin(const table::PartitionTable::Origin& origin, const NamedModel& named) {
  const std::string& ours = named.model->digest();
  if (origin.model != ours && model::of_one_file(origin.model, ours))
    return error(ErrorKind::invalid,
                 "it was measured for other cuts of the file of {} (with another --input, or another version of "
                 "Tideline or libtorch); measure again with --profile",
                 named.name);
  if (origin.model != ours)
    return error(ErrorKind::invalid, "it was measured for {} {:.12} but {} is {:.12}; measure this file with --profile",
                 origin.model_name, origin.model, named.name, ours);
  if (const Precision then = origin.precisions.edge; then != named.model->precision())
    return error(ErrorKind::invalid,
                 "it was measured with {} on the edge, but this edge computes in {}; measure again with --profile, or "
                 "set compute.precision = \"{}\"",
                 name(then), name(named.model->precision()), name(then));
  // Older tables do not tell.
  if (const auto then = origin.edge.find("architecture"); then != origin.edge.end() && then->second != architecture())
    return error(ErrorKind::invalid,
                 "it was measured on an edge with another kind of processor ({}, while this is {}); measure again with "
                 "--profile",
                 outside_text(then->second), architecture());
  return {};
}

}  // namespace

Result<std::shared_ptr<const table::PartitionTable>> load_table(const config::Config& config, const NamedModel& model) {
  const std::string* const file = find_for(config.tables, model.name);
  return file ? load_table(*file, model) : std::shared_ptr<const table::PartitionTable>();
}

Result<std::shared_ptr<const table::PartitionTable>> load_table(const std::string& file, const NamedModel& model) {
  const auto text = read_regular(file, config::kLongestTable);
  if (!text) return text.error();
  auto table = table::parse_table(*text);
  if (!table) return table.error().within(file);
  if (const auto fits = check_origin(table->origin(), model); !fits) return fits.error().within(file);
  return std::make_shared<const table::PartitionTable>(*std::move(table));
}

}  // namespace tideline::modes
