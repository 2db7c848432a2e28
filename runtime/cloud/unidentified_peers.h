// UnidentifiedPeers: the connections without a greeting; chooses which of them to close if there are too many.
//
// They have limits of their own, in total and per address, so that silent peers cannot keep others out. A new
// connection always gets in. If that exceeds a limit, the oldest silent connection must go, or the oldest of all if
// none is silent. It is taken from the new connection's address if that has too many, otherwise from the address that
// has most. Belongs to one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>

namespace tideline::cloud {

class UnidentifiedPeers {
 public:
  using Who = const void*;  // Only compared.

  UnidentifiedPeers(std::size_t most, std::size_t most_of_one) : most_(most), most_of_one_(most_of_one) {}

  // Adds `who`. Returns the connection that must be closed for it, if any, already removed from here.
  std::optional<Who> add(Who who, std::string from, const std::function<bool(Who)>& silent);

  void remove(Who who);  // Once identified or closed. Does nothing if it is not here.

  std::size_t size() const { return all_.size(); }

 private:
  struct Stranger {
    Who who;
    std::string from;
  };
  std::optional<Who> take_out(const std::string& from, const std::function<bool(Who)>& silent);
  void erase(std::list<Stranger>::iterator at);

  const std::size_t most_;
  const std::size_t most_of_one_;
  std::list<Stranger> all_;  // The oldest first.
  std::map<std::string, std::size_t> of_one_;
};

}  // namespace tideline::cloud
