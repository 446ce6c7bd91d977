#include "watch/watch_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "support/captured_log.h"
#include "support/eventually.h"

namespace threadecho::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using watch::Clock;
using watch::TargetSnapshot;

/// A target whose name resolves to the addresses that the test sets.
class WatchedName : public ::testing::Test {
 protected:
  WatchedName() {
    options_.version_port = 0;
    target_ = std::make_unique<watch::WatchTarget>(
        context_, client::Target{.host = "mesh", .port = 9000, .family = AF_UNSPEC}, Clock::now());
  }

  /// Looks the name up, which now resolves to these addresses.
  void look_up(const std::vector<std::string>& addresses) {
    resolution_ = {.endpoints = {}, .reason = addresses.empty() ? "no such name" : ""};
    for (const std::string& address : addresses) {
      resolution_.endpoints.push_back(*net::Endpoint::parse(address, 9000));
    }
    target_->advance(Clock::now());
    pollfd entry{.fd = names_.fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&entry, 1, 30'000), 1);
    names_.finish_done();
  }
  [[nodiscard]] std::vector<std::string> addresses() const {
    std::vector<std::string> result;
    for (const watch::PathRecord& path : target_->snapshot().paths) {
      result.push_back(path.address.host());
    }
    return result;
  }

  client::Resolution resolution_;
  CapturedLog log_;
  watch::WatchOptions options_;
  watch::Sockets sockets_;
  watch::Timers timers_;
  watch::Background names_{"names", 2};
  std::uint32_t next_path_ = 0;
  std::size_t paths_ = 0;
  watch::WatchTarget::Context context_{.options = options_,
                                       .sockets = sockets_,
                                       .timers = timers_,
                                       .log = log_.logger(),
                                       .names = names_,
                                       .resolve = [this](const client::Target&) { return resolution_; },
                                       .ask_identity = [](watch::WatchPath&) {},
                                       .next_path = next_path_,
                                       .paths = paths_};
  std::unique_ptr<watch::WatchTarget> target_;
};

TEST_F(WatchedName, BeginsAndEndsPathsWithItsAddresses) {
  look_up({"192.0.2.1", "192.0.2.2", "192.0.2.1"});
  EXPECT_THAT(addresses(), ElementsAre("192.0.2.1", "192.0.2.2"));
  look_up({"192.0.2.3", "192.0.2.2"});
  EXPECT_THAT(addresses(), ElementsAre("192.0.2.2", "192.0.2.3"));
  EXPECT_EQ(paths_, 2U);
  EXPECT_TRUE(log_.wait_for("address gone target=mesh:9000 address=192.0.2.1:9000"));
  target_.reset();
  EXPECT_EQ(paths_, 0U);
  EXPECT_EQ(timers_.first(), nullptr);
}

TEST_F(WatchedName, WaitsForANameAndKeepsItsAddressesWhileItIsNotFound) {
  EXPECT_FALSE(target_->is_known());
  look_up({});
  EXPECT_TRUE(target_->is_known());
  EXPECT_TRUE(target_->has_losses()) << "nothing could be watched";
  EXPECT_THAT(addresses(), IsEmpty());
  EXPECT_LE(target_->next_step() - Clock::now(), std::chrono::seconds(1)) << "soon again";
  look_up({"192.0.2.1"});
  EXPECT_EQ(target_->snapshot().target.error, std::nullopt);
  look_up({});
  look_up({});
  const TargetSnapshot snapshot = target_->snapshot();
  EXPECT_THAT(addresses(), ElementsAre("192.0.2.1"));
  EXPECT_EQ(snapshot.target.error, "name mesh not found (no such name)");
  EXPECT_EQ(snapshot.target.lost[client::index_of(client::FailureKind::kNameNotFound)], 2U) << "each time it begins";
  EXPECT_FALSE(target_->has_losses()) << "no connection was lost";
}

TEST_F(WatchedName, MayGoWhileItIsLookedUp) {
  target_->advance(Clock::now());
  target_.reset();
  pollfd entry{.fd = names_.fd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&entry, 1, 30'000), 1);
  names_.finish_done();
  EXPECT_EQ(next_path_, 0U);
}

}  // namespace
}  // namespace threadecho::test
