#include "profiler/report/html.h"

#include "profiler/report/svg.h"

#include <gmock/gmock.h>

namespace tideline::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Html, WhatWouldBeMarkupIsText) {
  EXPECT_EQ(escaped("<script>alert(\"1\" & '2')</script>"),
            "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
}

TEST(Html, BytesThatAreNoTextAreReplaced) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(escaped("é€😀"), "é€😀");
  EXPECT_EQ(escaped("a\xFF"), "a" + bad);
  EXPECT_EQ(escaped("\xC3"), bad) << "cut off";
  EXPECT_EQ(escaped("\xC0\xAF"), bad + bad) << "overlong";
  EXPECT_EQ(escaped("\xED\xA0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(escaped(std::string("a\0b\x1B", 4)), "a" + bad + "b" + bad);
}

TEST(Html, APlaceIsFilledOnceAndWhatFillsItIsNoPlace) {
  const std::vector<std::pair<std::string_view, std::string>> values{{"a", "{{b}}"}, {"b", "B"}};
  EXPECT_EQ(filled("1{{a}}2{{b}}3{{c}}4{{", values), "1{{b}}2B34{{");
}

TEST(Html, ATableNamesItsRowsAndColumns) {
  const std::string html = table("what <is>", {{"plan", "ms"}, {"cut 1", "2 < 3"}});
  EXPECT_THAT(html, HasSubstr("<caption>what &lt;is&gt;</caption>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">ms</th>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">cut 1</th><td>2 &lt; 3</td>"));
}

TEST(Svg, SaysWhatItShowsToThoseWhoDoNotSeeIt) {
  Svg svg({"one", 10, 20, "A & B", "rises"});
  svg.text({1, 2}, "<b>", "label");
  EXPECT_THAT(svg.html(), HasSubstr("role=\"img\" aria-labelledby=\"one-t one-d\""));
  EXPECT_THAT(svg.html(), HasSubstr("<title id=\"one-t\">A &amp; B</title><desc id=\"one-d\">rises</desc>"));
  EXPECT_THAT(svg.html(), Not(HasSubstr("<b>")));
}

TEST(Svg, TicksAreRoundAndReachTheEnd) {
  EXPECT_THAT(ticks(10, 5), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(ticks(11, 4), ElementsAre(0, 5, 10, 15));
  EXPECT_THAT(ticks(0.9, 2), ElementsAre(0, 0.5, 1));
  EXPECT_GE(ticks(0, 4).back(), 0);
  EXPECT_EQ(tick_text(0.30000000000000004), "0.3");
}

}  // namespace
}  // namespace tideline::report
