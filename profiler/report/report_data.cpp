#include "policy/table/json_values.h"
#include "profiler/report/report_parts.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace tideline::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostNumbers = 400'000;  // About 2 MB of page.

// Microseconds are enough for a plot.
Json short_number(double ms) {
  return std::isnan(ms) ? Json() : Json(std::round(ms * 1e3) / 1e3);
}

// Escapes text that would end a script element or open a comment in it.
std::string for_script(const std::string& json) {
  std::string text;
  for (const char c : json) text += c == '<' ? "\\u003c" : std::string(1, c);
  return text;
}

}  // namespace

std::string report_data(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  const auto names = term_names(measured);
  const auto terms = mean_terms(measured);
  if (terms.size() > kMostNumbers) return "null";
  Json data{{"terms", Json::array()}, {"plans", Json::array()}, {"conditions", Json::array()}};
  for (const TermName& name : names) data["terms"].push_back({name.words, name.style});
  for (const analysis::MeasuredPlan& plan : measured.plans) data["plans"].push_back({plan.cut, to_string(plan)});
  const std::size_t row = measured.plans.size() * names.size();
  for (std::size_t c = 0; c < measured.conditions.size(); ++c) {
    Json ms = Json::array(), fitted = Json::array();
    for (std::size_t i = 0; i < row; ++i) ms.push_back(short_number(terms[c * row + i]));
    for (std::size_t p = 0; p < measured.plans.size(); ++p)
      fitted.push_back(short_number(found.denoised.total.at(c, p)));
    data["conditions"].push_back({{"name", to_string(measured.conditions[c])},
                                  {"best", found.best[c].plan},
                                  {"confidence", std::round(found.best[c].confidence * 1000) / 10},
                                  {"ms", std::move(ms)},
                                  {"fitted", std::move(fitted)}});
  }
  return for_script(table::text_of(data, -1));
}

}  // namespace tideline::report
