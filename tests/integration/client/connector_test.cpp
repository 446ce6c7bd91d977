#include "client/connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "client/connect_race.h"
#include "client/name_lookup.h"
#include "client/resolver.h"
#include "client/wait.h"
#include "load/load_run.h"
#include "support/echo_fixture.h"
#include "support/scripted_server.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;

TEST(Connector, TakesAConnectionToItselfForARefusedOne) {
  // Connects from the same port that it connects to: TCP then connects the socket to itself. A client gets the same
  // when its ephemeral port happens to be the one it connects to. It would echo, without a server.
  net::Endpoint self;
  {
    const UnusedPort port;
    self = port.endpoint();
  }
  const auto connected = client::connect_to_any({self}, 30s, nullptr, &self);
  EXPECT_FALSE(connected.fd);
  EXPECT_EQ(connected.attempts.at(0).error, std::errc::connection_refused);
}

TEST(Connector, ConnectsFromTheSourceThatItIsGiven) {
  const EchoServer server;
  const net::Endpoint source = net::Endpoint::parse("127.0.0.9", 0).value();
  const auto connected = client::connect_to_any({server.endpoint()}, 30s, nullptr, &source);
  ASSERT_TRUE(connected.fd);
  EXPECT_EQ(net::Endpoint::local_of(connected.fd.get()).host(), "127.0.0.9");
  EXPECT_EQ(connected.attempts.back().local.to_string(), net::Endpoint::local_of(connected.fd.get()).to_string());
}

TEST(Connector, GivesEachAddressItsWholeTimeout) {
  constexpr auto kTimeout = 200ms;
  const FullListener first;
  const FullListener second;
  const auto begin = std::chrono::steady_clock::now();
  const auto connected = client::connect_to_any({first.endpoint(), second.endpoint()}, kTimeout, nullptr);
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(connected.attempts.size(), 2U);
  EXPECT_EQ(connected.attempts.front().error, std::errc::timed_out);
  EXPECT_EQ(connected.attempts.back().error, std::errc::timed_out);
  EXPECT_GE(took, 2 * kTimeout);
  EXPECT_GE(connected.attempts.back().duration, kTimeout);
}

TEST(Connector, GoesOnToTheAddressThatAnswers) {
  const UnusedPort unused;
  const EchoServer server;
  const auto connected = client::connect_to_any({unused.endpoint(), server.endpoint()}, 30s, nullptr);
  ASSERT_TRUE(connected.fd);
  ASSERT_EQ(connected.attempts.size(), 2U);
  EXPECT_EQ(connected.attempts.front().error, std::errc::connection_refused);
  EXPECT_FALSE(connected.attempts.back().error);
}

/// Until it is over.
client::Connected finish(client::ConnectRace& race) {
  while (!race.is_over()) {
    client::wait_for_any(race.in_flight(), race.next_step(), nullptr);
    race.advance(client::ConnectRace::Clock::now());
  }
  return race.finish(client::ConnectRace::Clock::now());
}

TEST(Connector, TriesAnAddressThatRefusedAgainWhileAnotherOneIsSilent) {
  const UnusedPort restarts;
  const FullListener silent;
  client::ConnectRace race({restarts.endpoint(), silent.endpoint()}, 30s, nullptr);
  race.advance(client::ConnectRace::Clock::now());  // finds that it was refused
  client::wait_for_any(race.in_flight(), race.next_step(), nullptr);
  race.advance(client::ConnectRace::Clock::now());
  ASSERT_FALSE(race.is_over());
  restarts.listen();
  const auto connected = finish(race);
  ASSERT_TRUE(connected.fd);
  ASSERT_EQ(connected.attempts.size(), 3U);
  EXPECT_EQ(connected.attempts[0].error, std::errc::connection_refused);
  EXPECT_EQ(connected.attempts[1].error, std::errc::operation_canceled);
  EXPECT_EQ(connected.attempts[2].endpoint.to_string(), restarts.endpoint().to_string());
}

TEST(Connector, EndsWithTheLastFirstTryWhateverIsTriedAgain) {
  const UnusedPort unused;
  const FullListener silent;
  client::ConnectRace race({unused.endpoint(), silent.endpoint()}, 100ms, nullptr);
  race.advance(client::ConnectRace::Clock::now());
  const auto connected = finish(race);
  EXPECT_FALSE(connected.fd);
  ASSERT_EQ(connected.attempts.size(), 2U) << "one for each address";
  EXPECT_EQ(connected.attempts[0].error, std::errc::connection_refused);
  EXPECT_EQ(connected.attempts[1].error, std::errc::timed_out);
}

TEST(Resolve, FindsNumericAddressesWithoutALookUpAndNoInvalidName) {
  const auto ipv6 = client::resolve({.host = "::1", .port = 7});
  ASSERT_EQ(ipv6.endpoints.size(), 1U);
  EXPECT_EQ(ipv6.endpoints[0].to_string(), "[::1]:7");
  const auto none = client::resolve({.host = "unknown.invalid", .port = 7});  // RFC 2606
  EXPECT_TRUE(none.endpoints.empty());
  EXPECT_FALSE(none.reason.empty());
}

TEST(Connector, GivesAnAddressThatDoesNotAnswerAHeadStartOnly) {
  const FullListener silent;
  const EchoServer server;
  const auto connected = client::connect_to_any({silent.endpoint(), server.endpoint()}, 1h, nullptr);
  ASSERT_TRUE(connected.fd);
  ASSERT_EQ(connected.attempts.size(), 2U);
  const client::Attempt& given_up = connected.attempts.front();
  EXPECT_EQ(given_up.error, std::errc::operation_canceled);
  EXPECT_GE(given_up.duration, client::ConnectRace::kHeadStart);
  EXPECT_THAT(client::failure_of(given_up).text,
              ::testing::StartsWith("no answer from " + silent.endpoint().to_string()));
}

TEST(Connector, GoesOnWithAnAddressThatIsLateInTheRace) {
  const FullListener silent;
  const UnusedPort unused;
  client::ConnectRace race({silent.endpoint(), unused.endpoint()}, 1h, nullptr);
  const auto begin = client::ConnectRace::Clock::now();
  race.advance(begin);
  EXPECT_EQ(race.in_flight().size(), 1U);
  EXPECT_EQ(race.next_step(), begin + client::ConnectRace::kHeadStart);
  race.advance(begin + client::ConnectRace::kHeadStart);
  EXPECT_EQ(race.take_new().size(), 2U);
  race.advance(begin + client::ConnectRace::kHeadStart);
  EXPECT_TRUE(race.take_new().empty());
  EXPECT_EQ(race.in_flight().size(), 1U) << "the second one was refused, and the first one may still answer";
  EXPECT_FALSE(race.is_over());
  race.advance(begin + 1h);
  EXPECT_TRUE(race.is_over());
  EXPECT_EQ(race.finish(begin + 1h).attempts.size(), 2U);
}

TEST(ConnectingOrder, BeginsWithTheAddressThatWorkedAndTakesTheFamiliesInTurn) {
  std::vector<net::Endpoint> addresses;
  for (const char* address : {"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    addresses.push_back(net::Endpoint::parse(address, 7).value());
  }
  const auto hosts = [&](const net::Endpoint* first) {
    std::string text;
    for (const net::Endpoint& one : client::in_connecting_order(addresses, first)) {
      text += one.host() + ' ';
    }
    return text;
  };
  EXPECT_EQ(hosts(nullptr), "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3 ");
  EXPECT_EQ(hosts(&addresses[3]), "192.0.2.2 2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.3 ");
  const net::Endpoint gone = net::Endpoint::parse("192.0.2.9", 7).value();
  EXPECT_EQ(hosts(&gone), hosts(nullptr));
}

TEST(Connector, LooksTheNameUpAgainEachTimeAndBeginsWithTheAddressThatWorkedLast) {
  const EchoServer first;
  const EchoServer second;
  const UnusedPort unused;
  std::vector<client::Resolution> answers = {{.endpoints = {}, .reason = "not yet"},
                                             {.endpoints = {unused.endpoint(), first.endpoint()}, .reason = {}},
                                             {.endpoints = {second.endpoint(), first.endpoint()}, .reason = {}},
                                             {.endpoints = {second.endpoint()}, .reason = {}}};
  client::NameLookup names([&, next = std::size_t{0}]() mutable { return answers.at(next++); });
  client::Connector connector({.host = "test", .port = 7}, names, 30s, nullptr);
  const auto not_found = connector.connect();
  EXPECT_EQ(not_found.failure.value().kind, client::FailureKind::kNameNotFound);
  EXPECT_EQ(not_found.failure.value().text, "name test not found (not yet)");
  const auto peer = [&] { return connector.connect().connected.attempts.back().endpoint.to_string(); };
  EXPECT_EQ(peer(), first.endpoint().to_string());
  EXPECT_EQ(peer(), first.endpoint().to_string()) << "it worked last";
  EXPECT_EQ(peer(), second.endpoint().to_string());
}

TEST(Connector, WaitsForATargetThatIsNotThereYet) {
  const EchoServer server;
  int look_ups = 0;
  client::NameLookup names([&] {
    return ++look_ups < 3 ? client::Resolution{.endpoints = {}, .reason = "not yet"}
                          : client::Resolution{.endpoints = {server.endpoint()}, .reason = {}};
  });
  client::Connector connector({.host = "test", .port = 7}, names, 30s, nullptr);
  int failures = 0;
  const auto outcome = connector.connect_within(1h, [&](const auto& /*failed*/) { ++failures; });
  EXPECT_TRUE(outcome.connected.fd);
  EXPECT_EQ(failures, 2);
}

TEST(Connector, DoesNotWaitLongerThanItIsTold) {
  const UnusedPort unused;
  client::NameLookup names([&] { return client::Resolution{.endpoints = {unused.endpoint()}, .reason = {}}; });
  client::Connector connector({.host = "test", .port = 7}, names, 30s, nullptr);
  constexpr auto kPatience = 60ms;
  const auto begin = std::chrono::steady_clock::now();
  int failures = 0;
  const auto outcome = connector.connect_within(kPatience, [&](const auto& /*failed*/) { ++failures; });
  EXPECT_EQ(outcome.failure.value().kind, client::FailureKind::kRefused);
  EXPECT_GE(failures, 1);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kPatience) << "nor less";
}

TEST(Connector, EndsAnAttemptWithItsPatience) {
  const FullListener silent;
  client::NameLookup names([&] { return client::Resolution{.endpoints = {silent.endpoint()}, .reason = {}}; });
  client::Connector connector({.host = "test", .port = 7}, names, 1s, nullptr);
  const auto outcome = connector.connect_within(1300ms, [](const auto& /*failed*/) {});
  EXPECT_EQ(outcome.failure.value().kind, client::FailureKind::kConnectTimeout);
  ASSERT_EQ(outcome.connected.attempts.size(), 1U);
  EXPECT_EQ(outcome.connected.attempts[0].error, std::errc::operation_canceled) << "it had less than its timeout";
}

TEST(Connector, GivesTheFirstAttemptItsTimeoutHoweverShortItsPatience) {
  const FullListener silent;
  client::NameLookup names([&] { return client::Resolution{.endpoints = {silent.endpoint()}, .reason = {}}; });
  client::Connector connector({.host = "test", .port = 7}, names, 60ms, nullptr);
  const auto outcome = connector.connect_within(1ms, [](const auto& /*failed*/) {});
  ASSERT_EQ(outcome.connected.attempts.size(), 1U);
  EXPECT_EQ(outcome.connected.attempts[0].error, std::errc::timed_out);
}

TEST(Connector, EndsWithItsPatienceHoweverManyAddressesAreSilent) {
  const FullListener silent;
  client::NameLookup names([&] {
    return client::Resolution{.endpoints = {silent.endpoint(), silent.endpoint(), silent.endpoint()}, .reason = {}};
  });
  client::Connector connector({.host = "test", .port = 7}, names, 30s, nullptr);
  const auto outcome = connector.connect(std::chrono::steady_clock::now() + 300ms);
  EXPECT_EQ(outcome.connected.attempts.size(), 2U) << "the second began after the head start of the first";
  EXPECT_TRUE(outcome.failure);
}

TEST(Connector, UsesTheAddressesThatItKnowsWhenTheNameIsGone) {
  const EchoServer server;
  const UnusedPort unused;
  std::vector<client::Resolution> answers = {{.endpoints = {unused.endpoint(), server.endpoint()}, .reason = {}},
                                             {.endpoints = {}, .reason = "gone"},
                                             {.endpoints = {unused.endpoint()}, .reason = {}},
                                             {.endpoints = {}, .reason = "gone"}};
  client::NameLookup names([&, next = std::size_t{0}]() mutable { return answers.at(next++); });
  client::Connector connector({.host = "test", .port = 7}, names, 30s, nullptr);
  ASSERT_TRUE(connector.connect().connected.fd);
  const auto again = connector.connect();
  EXPECT_TRUE(again.connected.fd);
  EXPECT_EQ(again.connected.attempts.size(), 1U) << "it begins with the address that worked";
  EXPECT_FALSE(again.failure);
  EXPECT_EQ(again.look_up_failure.value().text, "name test not found (gone)");
  EXPECT_FALSE(connector.connect().look_up_failure);
  const auto refused = connector.connect();
  EXPECT_EQ(refused.failure.value().kind, client::FailureKind::kRefused);
  EXPECT_EQ(refused.failure.value().text,
            unused.endpoint().to_string() + " refused the connection; name test not found (gone)");
}

TEST(Connector, KeepsTheAddressesThatItKnowsWhenALaterLookUpFails) {
  const net::Endpoint address = net::Endpoint::parse("192.0.2.1", 7).value();
  std::vector<client::Resolution> answers = {{.endpoints = {address}, .reason = {}},
                                             {.endpoints = {}, .reason = "gone"}};
  client::NameLookup names([&, next = std::size_t{0}]() mutable { return answers.at(next++); });
  client::Connector connector({.host = "test", .port = 7}, names, 30s, nullptr);
  EXPECT_FALSE(connector.look_up());
  EXPECT_EQ(connector.look_up().value().text, "name test not found (gone)");
  ASSERT_EQ(connector.addresses().size(), 1U);
  EXPECT_EQ(connector.addresses()[0].to_string(), "192.0.2.1:7");
}

TEST(Connector, UsesTheAddressesThatItKnowsWhenTheNameServerIsSilent) {
  const EchoServer server;
  std::promise<void> given_up;
  int look_ups = 0;
  client::NameLookup names([&] {
    if (++look_ups > 1) {
      given_up.get_future().wait();
    }
    return client::Resolution{.endpoints = {server.endpoint()}, .reason = {}};
  });
  client::Connector connector({.host = "test", .port = 7}, names, 400ms, nullptr);
  EXPECT_TRUE(connector.connect().connected.fd);
  const auto again = connector.connect();
  given_up.set_value();
  EXPECT_TRUE(again.connected.fd);
  EXPECT_EQ(again.look_up_failure.value().text, "name test not found (no answer within 200ms)");
}

TEST(NameLookup, IsGivenUpAfterTheTimeout) {
  std::promise<void> given_up;
  client::NameLookup names([&] {
    given_up.get_future().wait();
    return client::Resolution{};
  });
  client::Connector connector({.host = "test", .port = 7}, names, 20ms, nullptr);
  EXPECT_EQ(connector.look_up().value().text, "name test not found (no answer within 20ms)");
  given_up.set_value();
}

TEST(LoadRun, TakesOverAConnectionThatIsUpAlready) {
  const EchoServer server;
  load::LoadOptions how;
  how.connections = 3;
  how.duration = 200ms;
  how.warmup = 0ms;
  auto connected = client::connect_to_any({server.endpoint()}, 30s, nullptr);
  const auto result = load::run_load_test(how, server.endpoint(), {}, std::move(connected));
  EXPECT_TRUE(result.is_clean());
  EXPECT_EQ(result.opened, 3U);
  EXPECT_EQ(result.connects.size(), 1U);
  EXPECT_EQ(server.totals().accepted, 3U);
}

}  // namespace
}  // namespace threadecho::test
