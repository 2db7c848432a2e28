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
  EXPECT_THAT(modes::needs_restart(modes::Side::edge, first, first), ElementsAre());
  EXPECT_THAT(modes::needs_restart(modes::Side::edge, first,
                                   config_of({{"models.*", "a=b.pt"},
                                              {"models.*", "b=b.pt"},
                                              {"edge.peer", "c:2"},
                                              {"edge.cut", "3"},
                                              {"http.listen", "127.0.0.1:1"},
                                              {"edge.memory", "1 MiB"},
                                              {"edge.decisions", "d"},
                                              {"objective.joule", "1 s"},
                                              {"cloud.drain", "1 s"}})),
              ElementsAre("edge.decisions", "edge.memory", "edge.peer", "http.listen", "models.a", "models.b"));
  EXPECT_THAT(modes::needs_restart(modes::Side::edge, first, config_of({{"edge.peer", "c:1"}})),
              ElementsAre("models.a"));
}

TEST(Reload, BothSidesTakeCertificatesButDoNotBeginOrEndTls) {
  const config::Config none = config_of({}), tls = config_of({{"tls.ca", "c"}, {"tls.cert", "d"}, {"tls.key", "e"}});
  const config::Config other = config_of({{"tls.ca", "c"}, {"tls.cert", "f"}, {"tls.key", "g"}});
  for (const modes::Side side : {modes::Side::edge, modes::Side::cloud}) {
    EXPECT_THAT(modes::needs_restart(side, tls, other), ElementsAre());
    EXPECT_THAT(modes::needs_restart(side, none, tls), ElementsAre("tls.ca", "tls.cert", "tls.key"));
    EXPECT_THAT(modes::needs_restart(side, tls, none), ElementsAre("tls.ca", "tls.cert", "tls.key"));
  }
  EXPECT_THAT(modes::needs_restart(modes::Side::cloud, none, config_of({{"cloud.drain", "1 s"}, {"edge.cut", "3"}})),
              ElementsAre("cloud.drain"));
}

TEST(Reload, NamesFilesThatWereReplacedUnderTheSameName) {
  const TemporaryFolder folder;
  const std::string model = folder.with("a.pt", "one"), key = folder.with("k", "key");
  const config::Config config = config_of({{"models.*", "a=" + model}, {"tls.key", key}});
  const auto marks = modes::file_marks(config);
  const auto says = [&](const config::Config& next) {
    return modes::not_taken(modes::Side::edge, config, marks, next);
  };
  EXPECT_EQ(says(config), "");
  std::filesystem::remove(key);
  EXPECT_EQ(says(config), "") << "certificates are read again";
  folder.with("a.pt", "another");
  EXPECT_EQ(says(config), "these changes need a restart: models.a (the file was replaced)");
  config::Config next = config;
  next.given["edge.tick"] = "1 s";
  EXPECT_EQ(says(next), "these changes need a restart: edge.tick, models.a (the file was replaced)");
}

}  // namespace
}  // namespace tideline
