#include "host/open_descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "net/fd.h"
#include "support/process_facts.h"

namespace threadecho::host {
namespace {

using namespace std::chrono_literals;

constexpr OpenDescriptors::Clock::time_point kStart{};

TEST(OpenDescriptors, AreAsManyByListingAsProcShows) {
  const std::uint64_t before = descriptors_by_listing();
  EXPECT_EQ(before, test::count_descriptors() - 1);  // counting opens one
  const net::Fd another(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(descriptors_by_listing(), before + 1);
}

TEST(OpenDescriptors, AreAsManyBySizeAsByListing) {
  if (descriptors_by_size() == 0) {
    GTEST_SKIP() << "before Linux 6.2 the size of /proc/self/fd says nothing";
  }
  EXPECT_EQ(descriptors_by_size(), descriptors_by_listing());
  const net::Fd another(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(descriptors_by_size(), descriptors_by_listing());
}

TEST(OpenDescriptors, AreNotListedWhereTheirNumberIsKnown) {
  int listings = 0;
  OpenDescriptors descriptors([] { return 7U; }, [&] { return ++listings, 8U; });
  EXPECT_EQ(descriptors.count(kStart), 7U);
  EXPECT_EQ(listings, 0);
}

TEST(OpenDescriptors, AreListedAtMostEveryTenSeconds) {
  std::uint64_t open = 100;
  OpenDescriptors descriptors([] { return 0U; }, [&] { return open; });
  EXPECT_EQ(descriptors.count(kStart), 100U);
  open = 200;
  EXPECT_EQ(descriptors.count(kStart + 9s), 100U);
  EXPECT_EQ(descriptors.count(kStart + 10s), 200U);
  open = 300;
  EXPECT_EQ(descriptors.count(kStart + 19s), 200U);
  EXPECT_EQ(descriptors.count(kStart + 20s), 300U);
}

TEST(OpenDescriptors, StayAsLastSeenWhenNoneIsLeftToListThemWith) {
  std::uint64_t open = 100;
  OpenDescriptors descriptors([] { return 0U; }, [&] { return open; });
  EXPECT_EQ(descriptors.count(kStart), 100U);
  open = 0;
  EXPECT_EQ(descriptors.count(kStart + 10s), 100U);
}

}  // namespace
}  // namespace threadecho::host
