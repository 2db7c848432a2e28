#include "runtime/cloud/unidentified_peers.h"

#include <algorithm>
#include <utility>

namespace tideline::cloud {

std::optional<UnidentifiedPeers::Who> UnidentifiedPeers::add(Who who, std::string from,
                                                             const std::function<bool(Who)>& silent) {
  std::optional<Who> gone;
  const auto of_this = of_one_.find(from);
  if (of_this != of_one_.end() && of_this->second >= most_of_one_) {
    gone = take_out(from, silent);
  } else if (all_.size() >= most_ && !all_.empty()) {
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    const std::string most = std::ranges::max_element(of_one_, fewer)->first;
    gone = take_out(most, silent);
  }
  ++of_one_[from];
  all_.push_back({who, std::move(from)});
  return gone;
}

std::optional<UnidentifiedPeers::Who> UnidentifiedPeers::take_out(const std::string& from,
                                                                  const std::function<bool(Who)>& silent) {
  const auto of_it = [&](const Stranger& one) { return one.from == from; };
  auto at = std::ranges::find_if(all_, [&](const Stranger& one) { return of_it(one) && silent(one.who); });
  if (at == all_.end()) at = std::ranges::find_if(all_, of_it);
  if (at == all_.end()) return std::nullopt;
  const Who who = at->who;
  erase(at);
  return who;
}

void UnidentifiedPeers::remove(Who who) {
  const auto at = std::ranges::find(all_, who, &Stranger::who);
  if (at != all_.end()) erase(at);
}

void UnidentifiedPeers::erase(std::list<Stranger>::iterator at) {
  const auto of_one = of_one_.find(at->from);
  if (--of_one->second == 0) of_one_.erase(of_one);
  all_.erase(at);
}

}  // namespace tideline::cloud
