#include "probe/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "client/failure.h"
#include "client/payload.h"
#include "net/tcp.h"
#include "probe/probe_lines.h"
#include "support/scripted_server.h"
#include "support/socket_io.h"
#include "support/watchdog.h"
#include "text/escape.h"

namespace threadecho::test {
namespace {

using client::FailureKind;
using probe::ProbeOptions;
using probe::ProbeResult;
using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr milliseconds kShort{100};  ///< for waits that must time out

ProbeOptions one_message() {
  ProbeOptions options;
  options.count = 1;
  options.interval = milliseconds(0);
  options.timeout = std::chrono::seconds(30);
  return options;
}

/// A run against `server`, and the lines it printed.
struct Observed {
  ProbeResult result;
  std::vector<std::string> lines;
};

Observed run(const ProbeOptions& options, const std::vector<net::Endpoint>& servers) {
  Observed observed;
  const auto print = [&](std::string_view line, probe::Line /*kind*/, probe::ProbeLines::WallTime /*at*/) {
    observed.lines.emplace_back(line);
  };
  client::NameLookup names([&] { return client::Resolution{.endpoints = servers, .reason = "none"}; },
                           client::NameLookup::Calls::kReturnAtOnce);
  observed.result = probe::probe(options, names, print, nullptr);
  return observed;
}

Observed run(const ProbeOptions& options, ScriptedServer::Script script) {
  const ScriptedServer server(std::move(script));
  return run(options, {server.endpoint()});
}

TEST(Probe, SaysThatAllWasEchoed) {
  ProbeOptions options = one_message();
  options.count = 3;
  options.half_close = true;
  const Observed probe = run(options, &echo_until_closed);
  EXPECT_EQ(probe.result.exit_status(), 0);
  EXPECT_EQ(probe.result.messages.echoed(), 3U);
  EXPECT_EQ(probe.result.attempts.size(), 1U) << "one connection for all";
  ASSERT_EQ(probe.lines.size(), 6U);
  EXPECT_THAT(probe.lines[1], HasSubstr("connected to 127.0.0.1:"));
  EXPECT_THAT(probe.lines[4], HasSubstr("seq=3 time="));
  EXPECT_THAT(probe.lines[5], HasSubstr("half-close: 64 bytes echoed after FIN, then closed"));
}

TEST(Probe, SaysWhenTheConnectionIsRefused) {
  const UnusedPort port;
  const Observed probe = run(one_message(), {port.endpoint()});
  EXPECT_EQ(probe.result.exit_status(), 10);
  EXPECT_EQ(probe.result.messages.sent(), 0U);
  EXPECT_THAT(probe.result.failure->text, HasSubstr("refused"));
}

TEST(Probe, TriesOneAddressAfterAnother) {
  const UnusedPort port;
  const ScriptedServer server(&echo_until_closed);
  const Observed probe = run(one_message(), {port.endpoint(), server.endpoint(), port.endpoint()});
  EXPECT_EQ(probe.result.exit_status(), 0);
  ASSERT_EQ(probe.result.attempts.size(), 2U);
  EXPECT_EQ(probe.result.attempts[0].error, std::errc::connection_refused);
  EXPECT_FALSE(probe.result.attempts[1].error);
}

TEST(Probe, SaysWhenConnectingTakesTooLong) {
  const FullListener listener;
  ProbeOptions options = one_message();
  options.timeout = kShort;
  const Observed probe = run(options, {listener.endpoint()});
  EXPECT_EQ(probe.result.exit_status(), 11);
  EXPECT_THAT(probe.result.failure->text, HasSubstr("timed out connecting"));
}

TEST(Probe, SaysWhenTheEchoTakesTooLong) {
  ProbeOptions options = one_message();
  options.timeout = kShort;
  const Observed probe = run(options, &read_to_end);
  EXPECT_EQ(probe.result.exit_status(), 12);
  EXPECT_THAT(probe.lines, Contains("lost: seq=1: timed out waiting for the echo, after 0 of 64 bytes"));
}

TEST(Probe, DoesNotLetAServerThatDripsHoldItUp) {
  ProbeOptions options = one_message();
  options.timeout = kShort;
  options.size = 1024UL * 1024;
  const Observed probe = run(options, [](int client) {  // far longer than the timeout for so many
    for (std::string byte = read_exactly(client, 1); !byte.empty() && write_all(client, byte);) {
      byte = read_exactly(client, 1);
    }
  });
  EXPECT_EQ(probe.result.exit_status(), 12);
  EXPECT_GT(probe.result.failure->bytes, 0U);
}

TEST(Probe, SaysWhenTheServerResets) {
  const Observed probe = run(one_message(), [](int client) {
    write_all(client, read_exactly(client, 64).substr(0, 5));
    net::reset_on_close(client);
  });
  EXPECT_EQ(probe.result.exit_status(), 13);
  EXPECT_THAT(probe.result.failure->text, HasSubstr("reset the connection after"));
}

TEST(Probe, SaysWhenTheServerResetsWhileItIsStillSending) {
  ProbeOptions options = one_message();
  options.size = 4UL * 1024 * 1024;
  const Observed probe = run(options, [](int client) {  // closes with bytes unread, which resets
    write_all(client, read_exactly(client, 10));
  });
  EXPECT_EQ(probe.result.exit_status(), 13);
}

TEST(Probe, SaysAfterHowManyBytesTheServerCloses) {
  const Observed probe =
      run(one_message(), [](int client) { write_all(client, read_exactly(client, 64).substr(0, 5)); });
  EXPECT_EQ(probe.result.exit_status(), 14);
  EXPECT_EQ(probe.result.failure->bytes, 5U);
  EXPECT_THAT(probe.lines, Contains("lost: seq=1: the server closed early, after 5 of 64 bytes"));
}

TEST(Probe, SaysWhichByteIsWrong) {
  for (const std::size_t offset : {0U, 41U, 63U}) {
    std::string sent;
    const Observed probe = run(one_message(), [&](int client) {
      sent = read_exactly(client, 64);
      std::string changed = sent;
      changed[offset] = static_cast<char>(~changed[offset]);
      write_all(client, changed);
      read_to_end(client);
    });
    EXPECT_EQ(probe.result.exit_status(), 15);
    ASSERT_TRUE(probe.result.failure && probe.result.failure->wrong_byte);
    const auto changed_byte = static_cast<std::uint8_t>(~sent[offset]);
    const client::WrongByte& wrong = *probe.result.failure->wrong_byte;
    EXPECT_EQ(wrong.offset, offset);
    EXPECT_EQ(wrong.expected, static_cast<std::uint8_t>(sent[offset]));
    EXPECT_EQ(wrong.got, changed_byte);
    EXPECT_EQ(probe.result.failure->text, "wrong bytes: at offset " + std::to_string(offset) + " of 64 expected " +
                                              text::in_hex(std::byte(sent[offset])) + ", got " +
                                              text::in_hex(std::byte(changed_byte)));
  }
}

TEST(Probe, SeesADroppedADoubledAndAnUnaskedByte) {
  const auto dropped = run(one_message(), [](int client) {
    std::string message = read_exactly(client, 64);
    write_all(client, message.erase(10, 1));
    read_to_end(client);
  });
  EXPECT_EQ(dropped.result.exit_status(), 15);
  const auto doubled = run(one_message(), [](int client) {
    const std::string message = read_exactly(client, 64);
    write_all(client, message + message);
    read_to_end(client);
  });
  ASSERT_TRUE(doubled.result.failure && doubled.result.failure->wrong_byte);
  EXPECT_EQ(doubled.result.failure->wrong_byte->offset, 64U);
  EXPECT_FALSE(doubled.result.failure->wrong_byte->expected);
  EXPECT_THAT(doubled.result.failure->text, HasSubstr("expected nothing more"));
  const auto banner = run(one_message(), [](int client) {
    write_all(client, "220 welcome, please say who you are, and we shall answer you soon, dear client\r\n");
    read_to_end(client);
  });
  EXPECT_EQ(banner.result.exit_status(), 15);
}

TEST(Probe, GoesOnWithANewConnectionAfterALoss) {
  ProbeOptions options = one_message();
  options.count = 3;
  int clients = 0;
  const Observed probe = run(options, [&](int client) {
    if (++clients == 1) {
      write_all(client, read_exactly(client, 64));
      read_exactly(client, 64);  // the second message is closed on
    } else {
      echo_until_closed(client);
    }
  });
  EXPECT_EQ(probe.result.messages.sent(), 3U);
  EXPECT_EQ(probe.result.messages.echoed(), 2U);
  EXPECT_EQ(probe.result.attempts.size(), 2U);
  EXPECT_EQ(probe.result.messages.kept().at(1).failure.value().kind, FailureKind::kClosedEarly);
  EXPECT_EQ(probe.result.messages.kept().at(1).local, probe.result.attempts.at(0).local.to_string());
  EXPECT_EQ(probe.result.messages.kept().at(2).local, probe.result.attempts.at(1).local.to_string());
  EXPECT_EQ(probe.result.exit_status(), 14);
}

TEST(Probe, SendsEachMessageWhenItIsDueWhateverHasBecomeOfThoseBefore) {
  ProbeOptions options = one_message();
  options.count = 3;
  options.interval = milliseconds(1);
  const Observed probe = run(options, [](int client) { write_all(client, read_exactly(client, 3 * 64UL)); });
  EXPECT_EQ(probe.result.messages.echoed(), 3U) << "the echo of the first one came after the third was sent";
  EXPECT_EQ(probe.result.exit_status(), 0);
}

TEST(Probe, LosesAllMessagesOfAConnectionTogether) {
  ProbeOptions options = one_message();
  options.count = 4;
  options.interval = milliseconds(1);
  int clients = 0;
  const Observed probe = run(options, [&](int client) {
    if (++clients == 1) {
      read_exactly(client, 3 * 64UL);
      ::shutdown(client, SHUT_WR);
      read_to_end(client);  // a fourth message that stays unread would be answered with a reset
    } else {
      echo_until_closed(client);
    }
  });
  EXPECT_GE(probe.result.messages.lost(), 3U);
  EXPECT_EQ(probe.result.exit_status(), 14);
  EXPECT_THAT(probe.lines, Contains("lost: seq=1: the server closed early, after 0 of 64 bytes"));
  EXPECT_THAT(probe.lines, Contains(HasSubstr(" messages): lost with the connection of seq=1")));
}

TEST(Probe, LooksTheNameUpAgainForEachConnection) {
  const ScriptedServer first([](int client) { write_all(client, read_exactly(client, 64)); });
  const ScriptedServer second(&echo_until_closed);
  int look_ups = 0;
  client::NameLookup names([&]() -> client::Resolution {
    return {.endpoints = {++look_ups == 1 ? first.endpoint() : second.endpoint()}, .reason = {}};
  });
  ProbeOptions options = one_message();
  options.count = 3;
  const ProbeResult result = probe::probe(
      options, names, [](std::string_view, probe::Line, probe::ProbeLines::WallTime) {}, nullptr);
  EXPECT_EQ(result.messages.echoed(), 2U);
  ASSERT_EQ(result.attempts.size(), 2U);
  EXPECT_EQ(result.attempts[1].endpoint.to_string(), second.endpoint().to_string());
  EXPECT_EQ(result.addresses.at(0).to_string(), second.endpoint().to_string());
}

/// A run whose name leads to `server` at the first look-up; the others find `later`.
Observed run_with_later_names(const ProbeOptions& options, const net::Endpoint& server,
                              const client::Resolution& later) {
  Observed observed;
  const probe::PrintLine print = [&](std::string_view line, probe::Line /*kind*/, probe::ProbeLines::WallTime /*at*/) {
    observed.lines.emplace_back(line);
  };
  int look_ups = 0;
  client::NameLookup names(
      [&] { return ++look_ups == 1 ? client::Resolution{.endpoints = {server}, .reason = {}} : later; });
  observed.result = probe::probe(options, names, print, nullptr);
  return observed;
}

TEST(Probe, UsesTheAddressesThatItKnowsWhenTheNameIsGone) {
  int clients = 0;
  const ScriptedServer server([&](int client) {
    write_all(client, read_exactly(client, 64));
    if (++clients == 1) {
      read_exactly(client, 64);  // the second message is closed on
    } else {
      echo_until_closed(client);
    }
  });
  ProbeOptions options = one_message();
  options.target.host = "test";
  options.count = 4;
  const Observed probe = run_with_later_names(options, server.endpoint(), {.endpoints = {}, .reason = "gone"});
  EXPECT_EQ(probe.result.messages.echoed(), 3U);
  EXPECT_EQ(probe.result.messages.kept().at(1).failure.value().kind, FailureKind::kClosedEarly);
  EXPECT_THAT(probe.lines, Contains("name test not found (gone); using its earlier addresses"));
  EXPECT_EQ(probe.result.look_ups_failed.at("name test not found (gone)"), 1U);
}

TEST(Probe, PausesBetweenConnectsThatFail) {
  const ScriptedServer server([](int client) { write_all(client, read_exactly(client, 64)); });
  const UnusedPort unused;
  ProbeOptions options = one_message();
  options.count = 6;  // the first is echoed, the second lost with its connection, four are refused
  const Observed probe =
      run_with_later_names(options, server.endpoint(), {.endpoints = {unused.endpoint()}, .reason = {}});
  EXPECT_EQ(probe.result.messages.losses().at("refused"), 4U);
  EXPECT_EQ(probe.result.attempts.size(), 5U);
  EXPECT_GE(probe.result.duration, milliseconds(10 + 20 + 40));
}

TEST(Probe, DoesNotWaitAfterItsLastMessage) {
  const Watchdog watchdog("the probe did not end");
  ProbeOptions options = one_message();
  options.interval = std::chrono::hours(1);
  EXPECT_EQ(run(options, &echo_until_closed).result.exit_status(), 0);
}

TEST(Probe, HasTheStatusOfItsFirstFailure) {
  ProbeOptions options = one_message();
  options.count = 2;
  options.half_close = true;
  int clients = 0;
  const Observed probe = run(options, [&](int client) {
    const std::string message = read_exactly(client, 64);
    if (++clients == 1) {
      write_all(client, message.substr(0, 5));
    } else if (clients == 2) {
      write_all(client, std::string(64, '\0'));
      read_to_end(client);
    } else {
      net::reset_on_close(client);
    }
  });
  ASSERT_EQ(probe.result.messages.lost(), 2U);
  EXPECT_EQ(probe.result.messages.kept().at(1).failure.value().kind, FailureKind::kWrongBytes);
  EXPECT_EQ(probe.result.half_close.value().failure.value().kind, FailureKind::kReset);
  EXPECT_EQ(probe.result.exit_status(), 14);
}

TEST(Probe, SeesTheMessageBeforeAgainAtAnySize) {
  for (const std::size_t size : {7U, 8U, 9U, 64U}) {
    ProbeOptions options = one_message();
    options.count = 2;
    options.size = size;
    const Observed probe = run(options, [size](int client) {
      const std::string first = read_exactly(client, size);
      write_all(client, first);
      read_exactly(client, size);
      write_all(client, first);
      read_to_end(client);
    });
    EXPECT_EQ(probe.result.messages.echoed(), 1U) << size << " bytes";
    EXPECT_EQ(probe.result.exit_status(), 15) << size << " bytes";
  }
}

TEST(ProbeHalfClose, SeesAServerThatForgetsTheRest) {
  ProbeOptions options = one_message();
  options.half_close = true;
  const Observed probe = run(options, [](int client) {
    write_all(client, read_exactly(client, 64));
    read_to_end(client);
  });
  EXPECT_EQ(probe.result.messages.echoed(), 1U);
  EXPECT_EQ(probe.result.exit_status(), 14);
  EXPECT_THAT(probe.lines, Contains("half-close failed: the server closed early, after 0 of 64 bytes"));
}

TEST(ProbeHalfClose, SeesAServerThatDoesNotClose) {
  ProbeOptions options = one_message();
  options.half_close = true;
  options.timeout = milliseconds(1000);
  std::promise<void> given_up;  // the server cannot see it: nothing more comes from a client that has sent its FIN
  const ScriptedServer server([&](int client) {
    echo_until_closed(client);
    given_up.get_future().wait();
  });
  const Observed probe = run(options, {server.endpoint()});
  given_up.set_value();
  EXPECT_EQ(probe.result.exit_status(), 12);
  EXPECT_THAT(probe.lines,
              Contains("half-close failed: timed out waiting for the server to close, after 64 of 64 bytes"));
}

TEST(ProbeHalfClose, SeesBytesBehindTheEcho) {
  ProbeOptions options = one_message();
  options.half_close = true;
  const Observed probe = run(options, [](int client) {
    echo_until_closed(client);
    write_all(client, "bye");
  });
  EXPECT_EQ(probe.result.exit_status(), 15);
  EXPECT_EQ(probe.result.failure->wrong_byte->offset, 64U);
  EXPECT_EQ(probe.result.failure->wrong_byte->got, 'b');
}

}  // namespace
}  // namespace threadecho::test
