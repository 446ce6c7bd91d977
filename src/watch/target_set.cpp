#include "watch/target_set.h"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace threadecho::watch {

void TargetSet::set(const std::vector<client::Target>& targets, Clock::time_point now) {
  std::unordered_set<std::string> wanted;  // each of thousands could be compared with each
  for (const client::Target& target : targets) {
    wanted.insert(target.to_string());
  }
  std::erase_if(targets_, [&](const std::unique_ptr<WatchTarget>& one) {
    const std::string name = one->target().to_string();
    const bool stays = wanted.erase(name) != 0;
    if (!stays) {
      ended_with_losses_ = ended_with_losses_ || one->has_losses();
      context_.log.info("target gone", {{"target", name}});
    }
    return !stays;
  });
  for (const client::Target& target : targets) {  // in their order
    if (wanted.contains(target.to_string())) {
      targets_.push_back(std::make_unique<WatchTarget>(context_, target, now));
    }
  }
}

bool TargetSet::are_known() const {
  return std::ranges::all_of(targets_, [](const auto& target) { return target->is_known(); });
}

bool TargetSet::has_losses() const {
  return ended_with_losses_ || std::ranges::any_of(targets_, [](const auto& target) { return target->has_losses(); });
}

WatchPath* TargetSet::find(std::uint32_t number) const {
  for (const auto& target : targets_) {
    if (WatchPath* const path = target->find(number)) {
      return path;
    }
  }
  return nullptr;
}

WatchSnapshot TargetSet::snapshot() const {
  WatchSnapshot snapshot{.now = Clock::now(), .targets = {}};
  snapshot.targets.reserve(targets_.size());
  for (const auto& target : targets_) {
    snapshot.targets.push_back(target->snapshot());
  }
  return snapshot;
}

}  // namespace threadecho::watch
