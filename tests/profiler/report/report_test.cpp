#include "profiler/report/report.h"

#include "profiler/analysis/conclusion.h"
#include "tests/profiler/synthetic.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <set>

namespace tideline::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace tideline::fixtures;

struct Reported {
  analysis::MeasurementSet measured;
  analysis::Analysis found;
  std::string html;
};

Reported report(analysis::MeasurementSet of) {
  auto found = analyse(of, {1, {std::chrono::milliseconds(50)}});
  if (!found) ADD_FAILURE() << found.error().message;
  std::string html = report_html(of, *found);
  return {std::move(of), *std::move(found), std::move(html)};
}

// What stands between the first `begin` and the next `end`.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t at = text.find(begin) + begin.size();
  return text.substr(at, text.find(end, at) - at);
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t n = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++n;
  return n;
}

TEST(Report, IsOneFilePageThatNeedsNothingElse) {
  const std::string html = report(measured({}, 0.1, 1, 1)).html;
  EXPECT_TRUE(html.starts_with("<!doctype html>"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* loads : {"src=", "<link", "@import", "@font-face", "url(http", "https://"})
    EXPECT_THAT(html, Not(HasSubstr(loads)));
  EXPECT_THAT(html, Not(HasSubstr("{{")));
  EXPECT_EQ(count(html, "<svg"), count(html, "</svg>"));
  EXPECT_EQ(count(html, "<svg viewBox"), count(html, "<desc id=")) << "every drawing is described";
}

TEST(Report, SaysItsConclusionFirst) {
  const Reported r = report(measured({}, 0.2, 1, 1));
  EXPECT_THAT(r.html, HasSubstr("<p class=\"lead\">" + conclusion(r.measured, r.found)));
  EXPECT_THAT(conclusion(r.measured, r.found), HasSubstr(analysis::percent(r.found.over_static.denoised.mean)));
  const Reported none = report(measured({.slow_uplink = 1, .loaded = 1}, 0.3, 1, 1));
  EXPECT_THAT(conclusion(none.measured, none.found), HasSubstr("hardly worth it"));
  EXPECT_THAT(caution(none.found), HasSubstr("of that to noise"));
}

TEST(Report, WhatComesFromFilesIsNeverMarkup) {
  analysis::MeasurementSet of = measured({}, 0.1, 1, 1);
  of.model = "</title><script>alert(1)</script>";
  of.remarks = {"<img src=x>"};
  for (analysis::MeasuredPlan& plan : of.plans) plan.cut_name = "</script><b>\xFF";
  const std::string html = report(of).html;
  EXPECT_EQ(count(html, "<script"), 2u);
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<b>\xEF")));
}

TEST(Report, ItsDataHasEveryCondition) {
  const Reported r = report(measured({}, 0.1, 1, 1));
  const auto data = nlohmann::json::parse(between(r.html, "id=\"data\">", "</script>"));
  EXPECT_EQ(data["conditions"].size(), 243u);
  EXPECT_EQ(data["plans"].size(), 8u);
  EXPECT_EQ(data["terms"].size(), 3u);
  EXPECT_EQ(data["conditions"][0]["ms"].size(), 24u);
}

TEST(Report, EveryConditionIsOnTheMapOnce) {
  const std::string html = report(measured({}, 0.1, 1, 1)).html;
  EXPECT_EQ(count(html, "class=\"cell "), 243u);
  EXPECT_EQ(count(html, "id=\"map-"), 2 * 9u) << "a title and a description of a panel per uplink and cloud load";
}

TEST(Report, ConditionsThatDifferInTheirDelayAloneDoNotLieOverEachOther) {
  const std::string html = report(measured({.conditions = link_grid()}, 0.1, 1, 1)).html;
  EXPECT_EQ(count(html, "class=\"cell "), 24u);
  std::set<std::string> panels;
  for (const char* uplink : {"50 Mbit/s", "10 Mbit/s"})
    for (const char* delay : {"0 ms", "10 ms", "80 ms"})
      for (const char* load : {"0 %", "100 %"}) {
        const std::string title = std::string(uplink) + ", delay " + delay + ", cloud CPU " + load;
        const std::string drawn = between(html, "<figcaption>" + title + "</figcaption>", "</figure>");
        EXPECT_EQ(count(drawn, "class=\"cell "), 2u) << title;
        panels.insert(between(drawn, "id=\"map-", "\""));
      }
  EXPECT_EQ(panels.size(), 12u) << "each has an id of its own";
  EXPECT_THAT(html, HasSubstr("One panel per uplink, delay and load of the cloud's CPU."));
}

// Every cut in fp32, of which the first two send images, and with that accuracy.
analysis::MeasurementSet with_losses(bool labels, bool boxes) {
  analysis::MeasurementSet of = measured({}, 0.1, 1, 1);
  for (std::size_t i = 0; i < of.plans.size(); ++i) {
    of.plans[i].sent = i == 7 ? 0 : 100e3 / static_cast<double>(i + 1);
    of.plans[i].agreement = plan::Agreement{0.99, 0.01, 200};
    if (labels)
      of.plans[i].agreement->accuracy =
          plan::Accuracy{.labelled = 188, .top1 = 131, .top5 = 170, .whole_top1 = 133, .whole_top5 = 171};
    if (boxes) of.plans[i].agreement->boxes = plan::Counted{506, 512};
  }
  of.plans[0].codec = plan::Codec::source;
  of.plans[1] = of.plans[0];
  of.plans[1].codec = plan::Codec::jpeg75;
  of.plans[1].sent = 3e3;
  return of;
}

TEST(Report, DrawsWhatPlansLoseForTheBytesThatTheySave) {
  const std::string plain = report(with_losses(false, false)).html;
  EXPECT_EQ(count(plain, "id=\"loss-agreement-t\""), 1u);
  EXPECT_EQ(count(plain, "id=\"loss-accuracy-t\"") + count(plain, "id=\"loss-boxes-t\""), 0u);
  const std::string figure = between(plain, "<figcaption><b>Answers with the same top-1 as in fp32</b>", "</figure>");
  EXPECT_EQ(count(figure, "<circle"), 7u) << "edge-only sends nothing";
  EXPECT_EQ(count(figure, "mark heldout"), 1u) << "the JPEG";
  EXPECT_THAT(figure, HasSubstr("<title>cut 0 jpeg75: 3000 bytes, 99.0 %</title>"));
  EXPECT_EQ(count(figure, "class=\"spread\""), 0u) << "rows have no interval";
  EXPECT_THAT(plain, Not(HasSubstr("nan")));
}

TEST(Report, DrawsRightAnswersBesideThoseOfTheWholeNetwork) {
  const std::string html = report(with_losses(true, false)).html;
  const std::string figure = between(html, "<figcaption><b>Right answers (top-1)</b>", "</figure>");
  EXPECT_EQ(count(figure, "class=\"fitted\""), 1u);
  EXPECT_EQ(count(figure, "class=\"spread\""), 7u);
  EXPECT_THAT(figure, HasSubstr("cut 2: 33333 bytes, 69.7 % (62.8 % to 75.8 %) of 188"));
  EXPECT_THAT(html, HasSubstr("What plans send and lose, with 95 % intervals"));
}

TEST(Report, DrawsTheBoxesThatADetectorKeeps) {
  const std::string html = report(with_losses(false, true)).html;
  EXPECT_THAT(html, HasSubstr("cut 2: 33333 bytes, 98.8 % (97.5 % to 99.5 %) of 512"));
}

TEST(Report, WithoutAnAgreementHasNoSectionOfLosses) {
  EXPECT_THAT(report(measured({}, 0.1, 1, 1)).html, Not(HasSubstr("What fewer bytes cost")));
}

TEST(Report, OneConditionAndPairsThatAreMissingAreDrawnToo) {
  analysis::MeasurementSet of = measured({}, 0.1, 1, 1);
  of.every_term = true;
  std::erase_if(of.timings,
                [](const analysis::TimedPlan& t) { return t.condition > 2 || (t.condition == 1 && t.plan == 1); });
  of = *tidied(of);
  EXPECT_THAT(report(of).html, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace tideline::report
