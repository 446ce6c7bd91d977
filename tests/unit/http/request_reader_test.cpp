#include "http/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <string>

#include "http/limits.h"

namespace threadecho::http {
namespace {

using State = RequestReader::State;
using namespace std::string_literals;

void append(boost::beast::flat_buffer& buffer, const std::string& text) {
  buffer.commit(boost::asio::buffer_copy(buffer.prepare(text.size()), boost::asio::buffer(text)));
}

/// Status of the answer to a request that is refused, 0 when it is accepted, -1 when it is not yet complete.
int refusal(const std::string& text) {
  boost::beast::flat_buffer buffer;
  append(buffer, text);
  RequestReader reader;
  switch (reader.consume(buffer)) {
    case State::kComplete:
      return 0;
    case State::kNeedsMore:
      return -1;
    case State::kBad:
      break;
  }
  return static_cast<int>(reader.problem().status);
}

TEST(RequestReader, TakesOneRequestAndLeavesTheNext) {
  boost::beast::flat_buffer buffer;
  append(buffer, "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b");
  RequestReader reader;
  EXPECT_EQ(reader.consume(buffer), State::kComplete);
  EXPECT_EQ(reader.request().target(), "/a");
  EXPECT_TRUE(reader.keep_alive());
  EXPECT_EQ(buffer.size(), 6U);
}

TEST(RequestReader, TakesARequestByteByByte) {
  const std::string text = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";
  boost::beast::flat_buffer buffer;
  RequestReader reader;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    append(buffer, text.substr(i, 1));
    ASSERT_EQ(reader.consume(buffer), State::kNeedsMore) << i;
    ASSERT_TRUE(reader.has_begun());
  }
  append(buffer, "\n");
  EXPECT_EQ(reader.consume(buffer), State::kComplete);
}

TEST(RequestReader, RefusesARequestLineAlikeHoweverItIsCut) {
  const std::string line = "GET / HTTP/1.2\r\n";
  const std::string text = line + "Host: h\n\r\n";  // not a valid end: the reader must not wait for more
  for (std::size_t cut = 1; cut < line.size(); ++cut) {
    boost::beast::flat_buffer buffer;
    append(buffer, text.substr(0, cut));
    RequestReader reader;
    if (reader.consume(buffer) == State::kNeedsMore) {
      append(buffer, text.substr(cut));
      ASSERT_EQ(reader.consume(buffer), State::kBad) << cut;
    }
    ASSERT_EQ(reader.problem().status, 505) << cut;
  }
}

TEST(RequestReader, KnowsHeadThoughTheRestCannotBeRead) {
  for (const char* text :
       {"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD / HTTP/0.1\r\n", "HEAD /", "HEAD / HTTP/x\r\n"}) {
    boost::beast::flat_buffer buffer;
    append(buffer, text);
    RequestReader reader;
    static_cast<void>(reader.consume(buffer));
    EXPECT_TRUE(reader.is_head()) << text;
  }
  boost::beast::flat_buffer buffer;
  append(buffer, "HEADS / HTTP/0.1\r\n");
  RequestReader reader;
  static_cast<void>(reader.consume(buffer));
  EXPECT_FALSE(reader.is_head());
}

TEST(RequestReader, SkipsEmptyLinesBeforeARequest) {
  boost::beast::flat_buffer buffer;
  append(buffer, "\r\n\r");
  RequestReader reader;
  EXPECT_EQ(reader.consume(buffer), State::kNeedsMore);
  EXPECT_FALSE(reader.has_begun()) << "the client is idle";
  append(buffer, "\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(reader.consume(buffer), State::kComplete);
  EXPECT_EQ(reader.request().target(), "/a");
  std::string endless;
  for (std::size_t i = 0; i <= kMaxHeaderBytes / 2; ++i) {
    endless += "\r\n";
  }
  EXPECT_EQ(refusal(endless), 400);
}

TEST(RequestReader, KnowsWhenAConnectionMayGoOn) {
  const auto keep_alive = [](const std::string& text) {
    boost::beast::flat_buffer buffer;
    append(buffer, text);
    RequestReader reader;
    EXPECT_EQ(reader.consume(buffer), State::kComplete);
    return reader.keep_alive();
  };
  EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
  // What follows is a body, which must not be taken for a request.
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
}

TEST(RequestReader, RefusesContradictionsAboutABody) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n"), 0);
}

TEST(RequestReader, WantsExactlyOneHost) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.0\r\n\r\n"), 0);
}

TEST(RequestReader, RefusesWhatIsNotHttp1) {
  EXPECT_EQ(refusal("GET /\r\n"), 400) << "HTTP/0.9";
  EXPECT_EQ(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(refusal("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s), 400) << "TLS";
  EXPECT_EQ(refusal("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\0\r\n\r\n"s), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n"), 400);
  EXPECT_EQ(refusal("\0\0\0\0"s), 400);
  EXPECT_EQ(refusal("hello\n"), 400);
}

TEST(RequestReader, NamesTlsForWhatItIs) {
  boost::beast::flat_buffer buffer;
  append(buffer, "\x16\x03\x01");
  RequestReader reader;
  EXPECT_EQ(reader.consume(buffer), State::kBad);
  EXPECT_THAT(reader.problem().body, testing::HasSubstr("not TLS"));
}

std::string request_of(std::size_t bytes) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  return start + std::string(bytes - start.size() - 4, 'a') + "\r\n\r\n";
}

TEST(RequestReader, RefusesALargerHeader) {
  EXPECT_EQ(refusal(request_of(kMaxHeaderBytes)), 0);
  EXPECT_EQ(refusal(request_of(kMaxHeaderBytes + 1)), 431);
  EXPECT_EQ(refusal(std::string(kMaxHeaderBytes, 'A')), 431);
  EXPECT_EQ(refusal("GET /" + std::string(kMaxHeaderBytes, 'a')), 431);
}

TEST(RequestReader, CountsManySmallFieldsTogether) {
  boost::beast::flat_buffer buffer;
  RequestReader reader;
  append(buffer, "GET / HTTP/1.1\r\nHost: h\r\n");
  std::size_t sent = buffer.size();
  State state = reader.consume(buffer);
  while (state == State::kNeedsMore) {
    ASSERT_LE(sent, kMaxHeaderBytes);
    append(buffer, "X-Y: z\r\n");
    sent += 8;
    state = reader.consume(buffer);
  }
  EXPECT_EQ(state, State::kBad);
  EXPECT_EQ(reader.problem().status, 431U);
}

TEST(RequestReader, HasAnAnswerToARequestThatEndsEarly) {
  boost::beast::flat_buffer buffer;
  append(buffer, "GET / HT");
  RequestReader reader;
  EXPECT_EQ(reader.consume(buffer), State::kNeedsMore);
  EXPECT_TRUE(reader.has_begun());
  EXPECT_EQ(reader.problem().status, 400U);
}

}  // namespace
}  // namespace threadecho::http
