#include "runtime/cloud/server_context.h"

#include <utility>

namespace tideline::cloud {

ServerContext::ServerContext(CloudServer::Options its_options, std::vector<CloudServer::Named> models, Log its_log,
                             Budget& own_budget)
    : options(std::move(its_options)),
      budget(options.budget ? *options.budget : own_budget),
      tails(std::move(models)),
      log(std::move(its_log)),
      strangers(options.limits.strangers, options.limits.peer_strangers),
      compute(options.tails, tails, log),
      errands(1, kQueuedErrands) {}

std::shared_ptr<EdgeAccount> ServerContext::account(const std::string& name, const asio::any_io_executor& executor) {
  std::erase_if(accounts, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<EdgeAccount>& known_one = accounts[name];
  std::shared_ptr<EdgeAccount> account = known_one.lock();
  if (!account) known_one = account = std::make_shared<EdgeAccount>(name, executor);
  return account;
}

}  // namespace tideline::cloud
