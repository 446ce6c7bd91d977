#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "client/target.h"
#include "watch/watch_record.h"
#include "watch/watch_target.h"

namespace threadecho::watch {

/// The targets that are watched. Belongs to the loop.
class TargetSet {
 public:
  /// `context` must outlive this.
  explicit TargetSet(WatchTarget::Context& context) : context_(context) {}

  /// Watches exactly these from now on: begins with new ones, ends those that are not among them, and keeps the rest.
  void set(const std::vector<client::Target>& targets, Clock::time_point now);

  /// Each has been looked up once.
  [[nodiscard]] bool are_known() const;
  /// Includes the losses of targets that are gone.
  [[nodiscard]] bool has_losses() const;
  /// The path with this number, or null.
  [[nodiscard]] WatchPath* find(std::uint32_t number) const;
  [[nodiscard]] WatchSnapshot snapshot() const;

 private:
  WatchTarget::Context& context_;
  std::vector<std::unique_ptr<WatchTarget>> targets_;
  bool ended_with_losses_ = false;
};

}  // namespace threadecho::watch
