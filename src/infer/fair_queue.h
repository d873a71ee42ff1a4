// Jobs that wait for their turn, shared out fairly: next is a job of the client that has fewest
// under way, of those the one whose last turn is longest ago. So one client with a thousand pages
// and one with a single page both get on. Each client's own jobs keep their order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quire {

template <typename Job>
class FairQueue {
 public:
  // How many may wait, all clients together.
  explicit FairQueue(std::size_t capacity) : capacity_(capacity) {}

  std::size_t waiting() const { return waiting_; }
  std::size_t under_way() const { return under_way_; }

  // False when the queue is full.
  bool push(const std::string& client, Job job) {
    if (waiting_ >= capacity_) return false;
    clients_[client].jobs.push_back(std::move(job));
    ++waiting_;
    return true;
  }

  // The next job; it is under way until done(). Nothing when none waits.
  std::optional<std::pair<std::string, Job>> pop() {
    auto next = clients_.end();
    for (auto it = clients_.begin(); it != clients_.end(); ++it) {
      if (it->second.jobs.empty()) continue;
      if (next == clients_.end() || it->second.before(next->second)) next = it;
    }
    if (next == clients_.end()) return std::nullopt;
    Client& client = next->second;
    std::pair<std::string, Job> job(next->first, std::move(client.jobs.front()));
    client.jobs.pop_front();
    ++client.under_way;
    client.last_turn = ++turns_;
    --waiting_;
    ++under_way_;
    return job;
  }

  void done(const std::string& client) {
    const auto found = clients_.find(client);
    --found->second.under_way;
    --under_way_;
    forget_idle(found);
  }

  // Takes out the waiting jobs for which `unwanted` is true.
  template <typename Predicate>
  std::vector<Job> take_if(const Predicate& unwanted) {
    std::vector<Job> taken;
    for (auto it = clients_.begin(); it != clients_.end();) {
      std::deque<Job>& jobs = it->second.jobs;
      const auto gone = std::stable_partition(jobs.begin(), jobs.end(),
                                              [&](const Job& job) { return !unwanted(job); });
      std::move(gone, jobs.end(), std::back_inserter(taken));
      jobs.erase(gone, jobs.end());
      forget_idle(it++);
    }
    waiting_ -= taken.size();
    return taken;
  }

 private:
  struct Client {
    std::deque<Job> jobs;  // waiting
    std::size_t under_way = 0;
    std::uint64_t last_turn = 0;

    bool before(const Client& other) const {
      return std::pair(under_way, last_turn) < std::pair(other.under_way, other.last_turn);
    }
  };
  using Clients = std::map<std::string, Client>;

  // Clients come and go; their names are not kept.
  void forget_idle(typename Clients::iterator client) {
    if (client->second.jobs.empty() && client->second.under_way == 0) clients_.erase(client);
  }

  const std::size_t capacity_;
  Clients clients_;
  std::size_t waiting_ = 0, under_way_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace quire
