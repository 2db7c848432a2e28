// UnidentifiedPeers: connections whose peer has not said yet who it is, and which of them has to go when there are too many.
//
// They have bounds of their own, in all and from one address: who says nothing cannot keep out who does. One that comes
// always gets in; where that is one too many, the oldest goes that has said nothing, or the oldest if all have said
// something: from its own address where that has too many, else from the address that has most. Belongs to one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>

namespace tideline {

class UnidentifiedPeers {
 public:
  using Who = const void*;  // Only compared.

  UnidentifiedPeers(std::size_t most, std::size_t most_of_one) : most_(most), most_of_one_(most_of_one) {}

  // Returns who has to go for `who`, if anybody; it is out already.
  std::optional<Who> add(Who who, std::string from, const std::function<bool(Who)>& silent);

  void remove(Who who);  // It is known now, or gone. Nothing happens when it is none of them.

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

}  // namespace tideline
