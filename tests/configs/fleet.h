// Fleet: real agents for the tests of alerts and dashboards: clouds and an edge, TLS between them, and a table.
#pragma once

#include "policy/table/table_json.h"
#include "runtime/wire/certificates.h"
#include "tests/configs/scrape.h"
#include "tests/policy/tables.h"
#include "tests/runtime/app/client.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tideline {

using Flags = std::vector<std::string>;

inline Flags operator+(Flags a, const Flags& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Certificates that are valid for this long.
class FleetCertificates {
 public:
  explicit FleetCertificates(std::chrono::hours time) {
    const auto now = std::chrono::system_clock::now();
    const wire::Validity valid{now - std::chrono::hours(1), now + time};
    EXPECT_TRUE(wire::make_authority(folder_ / "", valid));
    EXPECT_TRUE(wire::make_certificate(folder_ / "", {wire::TlsContext::Role::cloud, "cloud", {"127.0.0.1"}, valid}));
    EXPECT_TRUE(wire::make_certificate(folder_ / "", {wire::TlsContext::Role::edge, "edge", {}, valid}));
  }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  Flags of(const std::string& name) const {
    return {"--tls-ca", file("ca.pem"), "--tls-cert", file(name + ".pem"), "--tls-key", file(name + ".key")};
  }

 private:
  const TemporaryFolder folder_;
};

// The port of a cloud's HTTP.
inline std::uint16_t http_port(const RunningAgent& cloud) {
  const std::string mark = "cloud: HTTP on 127.0.0.1:";
  EXPECT_TRUE(cloud.child->says(mark));
  const std::string log = cloud.child->err();
  return static_cast<std::uint16_t>(std::stoi(log.substr(log.find(mark) + mark.size())));
}

// A table of lenet for these machines, which says that every plan takes `total`: half of it in the head and half in the
// tail, as far as it has both.
inline std::string table_of(const json& edge_status, const table::PartitionTable::Origin& machines, Duration total) {
  const json& model = edge_status["models"][0];
  table::PartitionTable::Origin origin = machines;
  origin.model = model["digest"].get<std::string>();
  origin.model_name = "lenet";
  origin.cuts = static_cast<std::uint32_t>(model["cuts"].size());
  origin.method = "exhaustive";
  origin.created = "2025-01-02T03:04:05Z";
  std::vector<table::Estimate> all;
  for (const std::uint32_t cut : {0u, 2u, origin.cuts - 1}) {
    table::Estimate one = fixtures::estimate({origin.model, cut, plan::Codec::fp32}, Duration::zero());
    const bool has_head = cut > 0, has_tail = cut + 1 < origin.cuts;
    if (has_head) one.mean.head = has_tail ? total / 2 : total;
    if (has_tail) one.mean.tail = has_head ? total / 2 : total;
    one.p95 = total;
    all.push_back(one);
  }
  const auto table = table::PartitionTable::make(origin, {{plan::Stress{}, {}, all}});
  EXPECT_TRUE(table) << table.error().message;
  return table::to_json(*table);
}

}  // namespace tideline
