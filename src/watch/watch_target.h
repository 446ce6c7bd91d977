#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "client/resolver.h"
#include "client/target.h"
#include "watch/background.h"
#include "watch/timers.h"
#include "watch/watch_path.h"
#include "watch/watch_record.h"

namespace threadecho::watch {

/// A target and its paths, one to each of its addresses. Looks its name up each --resolve-every, and when a
/// connection is lost. While look-ups fail, the addresses of an earlier one stay: the servers may still work. All calls
/// are the loop's.
class WatchTarget final : public Timed {
 public:
  /// What a target needs of its surroundings. All must outlive it.
  struct Context {
    const WatchOptions& options;
    Sockets& sockets;
    Timers& timers;
    log::Logger& log;
    Background& names;
    std::function<client::Resolution(const client::Target& target)> resolve;  ///< may block, if the target is a name
    std::function<void(WatchPath& path)> ask_identity;
    std::uint32_t& next_path;  ///< number of the next path
    std::size_t& paths;        ///< how many there are
  };
  /// The most addresses that all targets may have together.
  static constexpr std::size_t kMostPaths = 16'384;

  WatchTarget(Context& context, client::Target target, Clock::time_point now);
  ~WatchTarget() override;

  void advance(Clock::time_point now) override;
  [[nodiscard]] Clock::time_point next_step() const override { return next_look_up_; }

  [[nodiscard]] const client::Target& target() const noexcept { return target_; }
  [[nodiscard]] TargetSnapshot snapshot() const;
  /// It has been looked up once.
  [[nodiscard]] bool is_known() const noexcept { return is_known_; }
  /// The path with this number, or null.
  [[nodiscard]] WatchPath* find(std::uint32_t number) const;
  /// Whether any connection was lost, of paths that are gone too, or there was no path at all.
  [[nodiscard]] bool has_losses() const;

 private:
  void take(const client::Resolution& resolution, Clock::time_point now);
  void note_failure(const std::string& reason);
  void end_gone(const std::vector<net::Endpoint>& addresses);
  void begin_new(const std::vector<net::Endpoint>& addresses, Clock::time_point now);
  void look_up_soon();
  [[nodiscard]] Clock::duration pause() const;

  Context& context_;
  client::Target target_;
  bool is_numeric_;
  TargetRecord record_;
  PathContext path_context_;
  std::vector<std::unique_ptr<WatchPath>> paths_;
  Clock::time_point asked_;
  Clock::time_point next_look_up_;
  bool is_asking_ = false;
  bool is_known_ = false;
  bool had_paths_ = false;
  /// Look-ups in the background hold a copy, to find this target when they are done; it points to null once the target
  /// is gone.
  std::shared_ptr<WatchTarget*> self_ = std::make_shared<WatchTarget*>(this);
};

}  // namespace threadecho::watch
