#include "http/turns.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/busy.h"

namespace threadecho::http {
namespace {

using namespace std::chrono_literals;
using Clock = Turns::Clock;

/// A request for `target` that records its answers. The first request that waited for an answer "made" it.
Turns::Waiting request(const std::string& target, std::string& answers) {
  return {.target = target,
          .make = [target] { return Response{.body = target}; },
          .deliver = [&answers](const Response& response) { answers += response.body + ' '; }};
}

Turns::Waiting slow_request(std::chrono::milliseconds cost) {
  return {.target = "/slow",
          .make =
              [cost] {
                test::use_processor_for(cost);
                return Response{};
              },
          .deliver = [](const Response&) {}};
}

TEST(Turns, AreTakenInOrder) {
  Turns turns(0ms);
  EXPECT_EQ(turns.due(), Clock::time_point::max());
  std::string answers;
  turns.enter(request("/a?1", answers));
  turns.enter(request("/a?2", answers));
  EXPECT_LE(turns.due(), Clock::now());
  turns.run();
  EXPECT_LE(turns.due(), Clock::now());
  turns.run();
  EXPECT_EQ(answers, "/a?1 /a?2 ");
  EXPECT_EQ(turns.due(), Clock::time_point::max());
}

TEST(Turns, AreSharedByRequestsForTheSameTarget) {
  Turns turns(0ms);
  std::string answers;
  int made = 0;
  for (const char* target : {"/a", "/b", "/a", "/a"}) {
    auto waiting = request(target, answers);
    waiting.make = [&made, target] { return Response{.body = target + std::to_string(++made)}; };
    turns.enter(std::move(waiting));
  }
  turns.run();
  EXPECT_EQ(answers, "/a1 /a1 /a1 ");
  turns.run();
  EXPECT_EQ(answers, "/a1 /a1 /a1 /b2 ");
  EXPECT_EQ(turns.due(), Clock::time_point::max());
}

TEST(Turns, ChangeBetweenPathsHoweverManyWaitForOne) {
  Turns turns(0ms);
  std::string answers;
  for (int i = 0; i < 4; ++i) {
    turns.enter(request("/many?" + std::to_string(i), answers));
  }
  turns.enter(request("/one", answers));
  while (turns.due() != Clock::time_point::max()) {
    turns.run();
  }
  EXPECT_EQ(answers, "/many?0 /one /many?1 /many?2 /many?3 ");
}

TEST(Turns, ArePausedForNineTimesTheProcessorTimeOfTheOneBefore) {
  Turns turns(1h);
  std::string answers;
  turns.enter(slow_request(5ms));
  turns.enter(request("/next", answers));
  EXPECT_LE(turns.due(), Clock::now()) << "the first one waits for nothing";
  const auto began = Clock::now();
  turns.run();
  EXPECT_GE(turns.due(), began + 5ms + 45ms);
}

TEST(Turns, ArePausedNoLongerThanTheLimit) {
  Turns turns(3ms);
  std::string answers;
  turns.enter(slow_request(5ms));
  turns.enter(request("/next", answers));
  turns.run();
  EXPECT_LE(turns.due(), Clock::now() + 3ms);
}

TEST(Turns, DestroyARequestThatLeaves) {
  Turns turns(0ms);
  const auto owned = std::make_shared<int>();
  const auto first = turns.enter({"/a", [owned] { return Response{}; }, [](const Response&) {}});
  turns.enter({"/a", [owned] { return Response{}; }, [](const Response&) {}});
  turns.leave(first);
  EXPECT_EQ(owned.use_count(), 2);
  turns.run();
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Turns, GoOnAfterAnAnswerThatCannotBeMadeOrDelivered) {
  Turns turns(0ms);
  std::string answers;
  auto unmade = request("/a", answers);
  unmade.make = []() -> Response { throw std::runtime_error("no"); };
  auto undelivered = request("/a", answers);
  undelivered.deliver = [](const Response&) { throw std::runtime_error("no"); };
  turns.enter(std::move(unmade));
  turns.enter(std::move(undelivered));
  turns.enter(request("/a", answers));
  EXPECT_THROW(turns.run(), std::runtime_error);
  EXPECT_THROW(turns.run(), std::runtime_error);
  turns.run();
  EXPECT_EQ(answers, "/a ");
  EXPECT_EQ(turns.due(), Clock::time_point::max());
}

}  // namespace
}  // namespace threadecho::http
