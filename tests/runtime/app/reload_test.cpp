#include "runtime/app/modes/reload.h"

#include "runtime/app/config/settings.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline {
namespace {

using testing::ElementsAre;

config::Config config_of(const std::vector<std::pair<std::string_view, std::string>>& given) {
  config::Config config;
  for (const auto& [key, text] : given) {
    const auto setting = std::ranges::find(config::settings(), key, &config::Setting::key);
    EXPECT_TRUE(setting != config::settings().end() && setting->set(config, text)) << key;
  }
  return config;
}

TEST(Reload, NamesWhatChangedThatOnlyARestartTakesOver) {
  const config::Config first =
      config_of({{"models.*", "a=a.pt"}, {"edge.peer", "c:1"}, {"edge.cut", "2"}, {"tables.*", "a=t"}});
  EXPECT_THAT(modes::needs_restart(first, first), ElementsAre());
  EXPECT_THAT(
      modes::needs_restart(first, config_of({{"models.*", "a=b.pt"},
                                             {"models.*", "b=b.pt"},
                                             {"edge.peer", "c:2"},
                                             {"edge.cut", "3"},
                                             {"http.listen", "127.0.0.1:1"},
                                             {"edge.memory", "1 MiB"},
                                             {"edge.decisions", "d"},
                                             {"tls.cert", "c"},
                                             {"objective.joule", "1 s"},
                                             {"cloud.drain", "1 s"}})),
      ElementsAre("edge.decisions", "edge.memory", "edge.peer", "http.listen", "models.a", "models.b", "tls.cert"));
  EXPECT_THAT(modes::needs_restart(first, config_of({{"edge.peer", "c:1"}})), ElementsAre("models.a"));
}

TEST(Reload, NamesFilesThatWereReplacedUnderTheSameName) {
  const TemporaryFolder folder;
  const std::string model = folder.with("a.pt", "one"), key = folder.with("k", "key");
  const config::Config config = config_of({{"models.*", "a=" + model}, {"tls.key", key}});
  const auto marks = modes::file_marks(config);
  EXPECT_EQ(modes::not_taken(config, marks, config), "");
  folder.with("a.pt", "another");
  EXPECT_EQ(modes::not_taken(config, marks, config), "these changes need a restart: models.a (the file was replaced)");
  std::filesystem::remove(key);
  config::Config next = config;
  next.given["edge.tick"] = "1 s";
  EXPECT_EQ(
      modes::not_taken(config, marks, next),
      "these changes need a restart: edge.tick, models.a (the file was replaced), tls.key (the file was replaced)");
}

}  // namespace
}  // namespace tideline
