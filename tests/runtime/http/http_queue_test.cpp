// Requests that wait for a worker of the HTTP server: which are refused, and what becomes of those whose client leaves.
#include "runtime/base/refusal_reasons.h"
#include "runtime/http/admission.h"
#include "runtime/http/http_server.h"
#include "tests/runtime/http/flood.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <thread>

namespace tideline::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

// A server with one worker, which is held by a first request until go() is called for each.
class Held {
 public:
  explicit Held(std::size_t most, Duration longest = seconds(30))
      : admission({.most = most, .longest = longest}, silent_log()) {
    HttpServer::Options options;
    options.workers = 1;
    options.admission = &admission;
    server = *HttpServer::start(
        options, [this](HttpRequest request) { return serve(std::move(request)); }, silent_log(),
        [](const HttpRequest& request) { return rank(request); });
    first = std::make_unique<RawClient>(server->port());
    first->send(post("/first", "x"));
    busy_.wait();
  }
  ~Held() {
    go(1000);
    server.reset();  // Before what its workers use.
  }

  // Sends a request, and waits until it is in the queue, or was refused.
  std::unique_ptr<RawClient> ask(const std::string& path) {
    const std::uint64_t before = seen();
    auto client = std::make_unique<RawClient>(server->port());
    client->send(post(path, "x"));
    while (seen() == before) std::this_thread::yield();
    return client;
  }
  // Rises with each request that is queued or refused, as long as none begins.
  std::uint64_t seen() const {
    std::uint64_t sum = admission.waiting.count();
    for (const auto& [reason, count] : admission.refused.counts()) sum += count;
    return sum;
  }
  void go(std::ptrdiff_t count) { go_.release(count); }
  std::uint64_t refused(std::string_view reason) const {
    const auto counts = admission.refused.counts();
    const auto at = counts.find(std::string(reason));
    return at == counts.end() ? 0 : at->second;
  }
  std::vector<std::string> served() const {
    const std::lock_guard lock(m_);
    return served_;
  }

  Admission admission;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<RawClient> first;

 private:
  static Result<Rank> rank(const HttpRequest& request) {
    if (request.path == "/hopeless") return error(ErrorKind::overloaded, "hopeless").after(seconds(7));
    if (request.path == "/hurried") return Rank{.begin_by = request.received + milliseconds(20)};
    return Rank{.priority = request.path == "/low"    ? Priority{20}
                            : request.path == "/high" ? Priority{1}
                                                      : kUsualPriority};
  }
  HttpResponse serve(HttpRequest request) {
    if (request.path == "/first") busy_.count_down();
    go_.acquire();
    const std::lock_guard lock(m_);
    served_.push_back(request.path);
    return {.body = request.path};
  }

  std::latch busy_{1};
  std::counting_semaphore<1 << 20> go_{0};
  mutable std::mutex m_;
  std::vector<std::string> served_;  // Guarded by m_.
};

TEST(HttpQueue, ThePriorityGivesTheTurn) {
  Held held(10);
  const auto low = held.ask("/low"), usual = held.ask("/usual"), high = held.ask("/high");
  held.go(4);
  for (const auto& client : {&low, &usual, &high}) EXPECT_EQ((*client)->reply()->status, 200);
  EXPECT_THAT(held.served(), ElementsAre("/first", "/high", "/usual", "/low"));
}

TEST(HttpQueue, WhenItIsFullTheOldestIsToldToComeAgain) {
  Held held(2);
  const auto a = held.ask("/a"), b = held.ask("/b"), c = held.ask("/c");
  const auto refused = a->reply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->has("Retry-After: 1\r\n")) << refused->head;
  EXPECT_THAT(refused->body, HasSubstr("2 requests are waiting, and newer ones come"));
  held.go(3);
  EXPECT_EQ(b->reply()->status, 200);
  EXPECT_EQ(c->reply()->status, 200);
  EXPECT_EQ(held.refused(refusal::kQueueFull), 1u);
}

TEST(HttpQueue, WhenItIsFullALowPriorityGivesWay) {
  Held held(1);
  const auto low = held.ask("/low"), high = held.ask("/high");
  EXPECT_EQ(low->reply()->status, 503);
  EXPECT_EQ(held.refused(refusal::kDisplaced), 1u);
  held.go(2);
  EXPECT_EQ(high->reply()->status, 200);
}

TEST(HttpQueue, WhatCanNoLongerBeInTimeIsToldSoWhileTheWorkerIsStillBusy) {
  Held held(10);
  EXPECT_EQ(held.ask("/hurried")->reply()->status, 503);
  EXPECT_EQ(held.refused(refusal::kTooLate), 1u);
  const auto hopeless = held.ask("/hopeless")->reply();
  EXPECT_EQ(hopeless->status, 503);
  EXPECT_TRUE(hopeless->has("Retry-After: 7\r\n")) << hopeless->head;
  EXPECT_EQ(held.refused(refusal::kTooLate), 2u);
}

TEST(HttpQueue, WhatHasWaitedForTooLongIsToldSo) {
  Held held(10, milliseconds(50));
  const auto reply = held.ask("/old")->reply();
  EXPECT_EQ(reply->status, 503);
  EXPECT_THAT(reply->body, HasSubstr("longer than http.queue_time"));
  EXPECT_EQ(held.refused(refusal::kTooOld), 1u);
}

TEST(HttpQueue, AClientThatLeavesFreesItsPlace) {
  Held held(2);
  auto stays = held.ask("/stays");
  held.ask("/leaves").reset();
  while (held.refused(refusal::kClientLeft) != 1) std::this_thread::yield();
  EXPECT_EQ(held.admission.waiting.count(), 1u);
  const auto next = held.ask("/next");
  held.go(3);
  EXPECT_EQ(stays->reply()->status, 200);
  EXPECT_EQ(next->reply()->status, 200);
  EXPECT_EQ(held.refused(refusal::kQueueFull), 0u);
  EXPECT_THAT(held.served(), ElementsAre("/first", "/stays", "/next"));
}

TEST(HttpQueue, AClientThatEndsItsSideIsToldThatItLeft) {
  Held held(2);
  const auto half = held.ask("/half");
  half->end_sending();
  const auto reply = half->reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
  EXPECT_THAT(reply->body, HasSubstr("ended its side of the connection while the request waited"));
  EXPECT_TRUE(half->closed());
}

TEST(HttpQueue, AClientThatSendsItsNextRequestEarlyHasNotLeft) {
  Held held(2);
  const auto eager = held.ask("/one");
  eager->send(post("/two", "x"));
  held.go(3);
  EXPECT_EQ(eager->reply()->body, "/one");
  EXPECT_EQ(eager->reply()->body, "/two");
  EXPECT_EQ(held.refused(refusal::kClientLeft), 0u);
}

TEST(HttpQueue, AHandlerLearnsThatItsClientHasLeft) {
  std::latch begun(1);
  std::promise<bool> told;
  const auto server = *HttpServer::start(
      {},
      [&](const HttpRequest& request) {
        const auto wanted = request.wanted();
        EXPECT_TRUE(wanted && wanted());
        begun.count_down();
        while (wanted()) std::this_thread::yield();
        told.set_value(true);
        return HttpResponse{};
      },
      silent_log());
  auto client = std::make_unique<RawClient>(server->port());
  client->send(post("/", "x"));
  begun.wait();
  client.reset();
  EXPECT_TRUE(told.get_future().get());
}

// Some of the clients leave at once: each that stays has an answer, and few requests are kept.
TEST(HttpQueue, HundredsOfRequestsAtOnceAreEachServedOrRefusedOrLeft) {
  constexpr std::size_t kClients = 300;
  Held held(16);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(held.server->port()));
    clients.back()->send(post(i % 3 ? "/usual" : "/high", std::string(1000, 'x')));
    if (i % 5 == 4) clients.back().reset();
    EXPECT_LE(held.admission.waiting.count(), 16u);
  }
  while (held.seen() < kClients) std::this_thread::yield();
  held.go(kClients);
  std::size_t served = 0, refused = 0;
  for (const auto& client : clients) {
    if (!client) continue;
    const auto reply = client->reply();
    ASSERT_TRUE(reply);
    (reply->status == 200 ? served : refused) += 1;
    EXPECT_TRUE(reply->status == 200 || reply->status == 503) << reply->status;
  }
  EXPECT_EQ(served + refused, kClients - kClients / 5);
  EXPECT_GE(served, 8u) << "those that waited last";
  EXPECT_GE(refused, 1u);
  EXPECT_EQ(held.admission.waiting.count(), 0u);
}

}  // namespace
}  // namespace tideline::http
