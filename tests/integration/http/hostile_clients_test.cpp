// Input that is wrong, out of bounds or meant to confuse the server, and the answer to it. Sections are those of RFC
// 9112 (HTTP/1.1) unless another document is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/http_fixture.h"

namespace threadecho::http {
namespace {

using nlohmann::json;
using namespace std::string_literals;
using test::HttpAnswer;
using test::HttpClient;
using test::request_text;
using testing::HasSubstr;

constexpr const char* kNoFraming = "must end in chunked";

class HostileHttp : public test::HttpFixture {
 protected:
  /// The request gets this status, a JSON error with this text, and the connection is closed; what stands behind the
  /// request is never taken for another one.
  void expect_refusal(const std::string& request, int status, const std::string& error) {
    SCOPED_TRACE(testing::PrintToString(request.substr(0, 200)));
    HttpClient client(port());
    client.send(request + request_text("GET", "/smuggled"));
    const HttpAnswer answer = client.read_answer();
    ASSERT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    if (answer.version != "HTTP/1.0") {  // whose connections close unless they say otherwise
      EXPECT_EQ(answer.headers.at("connection"), "close");
    }
    EXPECT_THAT(json::parse(answer.body).at("error").get<std::string>(), HasSubstr(error));
    EXPECT_EQ(client.read_to_end(), "");
  }

  /// The request gets this status, and the connection serves the next one.
  void expect_answer(const std::string& request, int status) {
    SCOPED_TRACE(testing::PrintToString(request.substr(0, 200)));
    HttpClient client(port());
    client.send(request + request_text("GET", "/healthz"));
    EXPECT_EQ(client.read_answer().status, status);
    EXPECT_EQ(client.read_answer().body, "ok\n");
  }

  static std::string get_with(const std::string& fields, const std::string& target = "/healthz") {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  }
};

TEST_F(HostileHttp, IsRefusedWithBothLengthAndTransferEncoding) {
  // 6.3 point 3: to be handled as an error, in either order and whatever the coding is.
  for (const char* coding : {"chunked", "gzip", "gzip, chunked"}) {
    const std::string encoding = "Transfer-Encoding: "s + coding + "\r\n";
    expect_refusal(get_with("Content-Length: 3\r\n" + encoding) + "0\r\n\r\n", 400, "");
    expect_refusal(get_with(encoding + "Content-Length: 3\r\n") + "0\r\n\r\n", 400, "");
  }
}

TEST_F(HostileHttp, IsRefusedWithATransferCodingThatIsNotKnown) {
  // 6.3 point 4: without chunked at the end the end of the body is unknown: 400 and close.
  for (const char* coding :
       {"gzip", "chunked, gzip", "identity", "xchunked", "", ",", "chunked;x, gzip", "chunked;x=\"", "chun\tked"}) {
    expect_refusal(get_with("Transfer-Encoding: "s + coding + "\r\n"), 400, kNoFraming);
  }
  // 6.1: nor may chunked be applied twice.
  expect_refusal(get_with("Transfer-Encoding: chunked, chunked\r\n"), 400, "");
  expect_refusal(get_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400, "");
  // 6.1: an end that is known of a coding that is not: 501.
  expect_refusal(get_with("Transfer-Encoding: gzip, chunked\r\n"), 501,
                 "the only supported transfer coding is chunked");
  expect_refusal(get_with("Transfer-Encoding: gzip\r\nTransfer-Encoding: CHUNKED\r\n"), 501, "");
  // 6.1: framing of HTTP/1.0 with a Transfer-Encoding is faulty.
  expect_refusal("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                 "HTTP/1.0");
}

TEST_F(HostileHttp, IsRefusedWithALengthThatIsNone) {
  // 6.3 point 5
  for (const char* length : {"-1", "+5", "0x5", "5 6", "5, 6", "5;", "", "1e1", "18446744073709551616"}) {
    expect_refusal(get_with("Content-Length: "s + length + "\r\n"), 400, "not a request of HTTP");
  }
  expect_refusal(get_with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400, "");
  // 5.2: a line that goes on with white space belongs to the one before it.
  expect_refusal(get_with("Content-Length: 5\r\n 6\r\n"), 400, "");
}

TEST_F(HostileHttp, HasNoBodyReadHoweverItIsChunked) {
  // RFC 9110 section 15.5.14. What comes is discarded: bad chunks do no harm.
  for (const char* body : {"zz\r\n", "-1\r\n", "ffffffffffffffffffff\r\nx", "5\nhello\n0\n\n",
                           "5;a=\"\r\nhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "0\r\nGET / HTTP/1.1\r\n\r\n"}) {
    expect_refusal(get_with("Transfer-Encoding: chunked\r\n") + body, 413, "a body is not accepted");
  }
  expect_refusal(get_with("Content-Length: 18446744073709551615\r\n"), 413, "a body is not accepted");
  // RFC 9110 section 10.1.1: a final status instead of 100, so that the body is not sent at all.
  expect_refusal(get_with("Expect: 100-continue\r\nContent-Length: 5\r\n"), 413, "a body is not accepted");
}

TEST_F(HostileHttp, IsRefusedWithAHeaderBeyondEightKibibytes) {
  const std::string nine_kib(9 * std::size_t{1024}, 'x');
  expect_refusal(get_with("X: "s + nine_kib + "\r\n"), 431, "larger than 8192 bytes");  // RFC 6585 section 5
  expect_refusal(get_with("", "/"s + nine_kib), 431, "larger than 8192 bytes");
  expect_refusal(nine_kib + " / HTTP/1.1\r\nHost: h\r\n\r\n", 431, "larger than 8192 bytes");
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += "X: yyyy\r\n";
  }
  expect_refusal(get_with(many), 431, "larger than 8192 bytes");
}

TEST_F(HostileHttp, HasALongMethodNamedInPart) {
  const std::string method(7000, 'M');
  HttpClient client(port());
  client.send(request_text(method, "/healthz"));
  const HttpAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, OPTIONS");
  EXPECT_LT(answer.body.size(), 200U);
  client.send(request_text("GET", "/healthz"));
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST_F(HostileHttp, FindsNoPathByAnotherName) {
  for (const char* target : {"/../healthz", "/healthz/..", "/healthz/../readyz", "/./healthz", "//healthz", "/healthz/",
                             "/%2e%2e/healthz", "/..%2fhealthz", "/%68ealthz", "/..;/healthz", "\\healthz", "healthz",
                             "/../../../../etc/passwd", "*", "h:443", "http:///healthz", "ftp://h/healthz"}) {
    expect_answer(get_with("", target), 404);
  }
  expect_answer(get_with("", "http://other:1/healthz"), 200);   // 3.2.2: the absolute form is accepted, the host
  expect_answer(get_with("", "HTTP://user@h/healthz?x"), 200);  // of the target counts, and any is ours here
  expect_answer(get_with("", "http://h/../healthz"), 404);
  expect_answer("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 404);
  expect_answer("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 404);
}

TEST_F(HostileHttp, IsRefusedWithBytesThatHaveNoPlaceInAHeader) {
  expect_refusal(get_with("", "/\xC3\xA9"), 400, "not ASCII");  // 3.2, RFC 3986 section 2.1
  expect_refusal(get_with("", "/healthz?\xFF"), 400, "not ASCII");
  for (const std::string& request : {"GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, "G\0T / HTTP/1.1\r\nHost: h\r\n\r\n"s,
                                     "G\xC9T / HTTP/1.1\r\nHost: h\r\n\r\n"s, get_with("X: a\0b\r\n"s),
                                     get_with("X\0: a\r\n"s), get_with("X\xE9: a\r\n"), get_with("X: a\x7F\r\n")}) {
    expect_refusal(request, 400, "not a request of HTTP");  // 5, RFC 9110 section 5.5
  }
  expect_answer(get_with("X: \xE9\xFF\r\n"), 200);  // obs-text in a value is allowed, RFC 9110 section 5.5
}

TEST_F(HostileHttp, IsRefusedWithLinesThatTwoReadersMayPartDifferently) {
  for (const std::string& request :
       {"GET / HTTP/1.1\nHost: h\n\n"s,                      // 2.2: a bare LF may be refused
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n"s,  // 2.2: a bare CR must be
        "GET / HTTP/1.1\r\n Host: h\r\n\r\n"s,               // 2.2: white space before the first field
        "GET / HTTP/1.1\r\nHost : h\r\n\r\n"s,               // 5.1: white space before the colon: must be refused
        "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n"s, "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n"s,
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"s,  // 3: single spaces
        "GET / x HTTP/1.1\r\nHost: h\r\n\r\n"s, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"s,
        " GET / HTTP/1.1\r\nHost: h\r\n\r\n"s}) {
    expect_refusal(request, 400, "not a request of HTTP");
  }
  // 5.2: folded lines are refused or taken for one line; they are harmless where no proxy stands behind us.
  expect_answer(get_with("X: a\r\n b\r\n\tc\r\n"), 200);
}

TEST_F(HostileHttp, IsRefusedWithoutOneHostThatIsOne) {
  // 3.2: a MUST in all three cases
  expect_refusal("GET / HTTP/1.1\r\n\r\n", 400, "exactly one Host");
  expect_refusal(get_with("Host: h\r\n"), 400, "exactly one Host");
  expect_refusal("GET / HTTP/1.0\r\nConnection: keep-alive\r\nHost: a\r\nHost: b\r\n\r\n", 400, "one Host");
  for (const char* host :
       {"a b", "h/x", "h:8o", "h:80:80", "user@h", "\xFF", "[::1", "[::1]x", "a,b c", "h\\", "h?x"}) {
    expect_refusal("GET / HTTP/1.1\r\nHost: "s + host + "\r\n\r\n", 400, "is not a host name or address");
  }
  for (const char* host : {"", "h", "h:", "h:80", "127.0.0.1:9", "[::1]:80", "[fe80::1]", "a_b-c.d~e", "%C3%A9"}) {
    expect_answer("GET / HTTP/1.1\r\nHost: "s + host + "\r\n\r\n", 200);
  }
}

TEST_F(HostileHttp, IsToldOfTheVersionsThatAreSpoken) {
  expect_refusal("GET /healthz\r\n", 400, "HTTP/1.0 or HTTP/1.1");  // HTTP/0.9 has no version
  // RFC 9110 section 15.6.6; the first is how HTTP/2 begins
  for (const char* start : {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/0.9\r\n\r\n", "GET / HTTP/3.0\r\n\r\n",
                            "GET / HTTP/1.2\r\nHost: h\r\n\r\n"}) {
    expect_refusal(start, 505, "HTTP/1.0 and HTTP/1.1");
  }
  for (const char* version : {"http/1.1", "HTTP/1", "HTTP/11", "HTTP/1.10", "HTTP/x.1", "HTTPS/1.1", "HTTP/1,1"}) {
    expect_refusal("GET / "s + version + "\r\nHost: h\r\n\r\n", 400, "");
  }
  const std::string hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(500, '\x7f');
  expect_refusal(hello, 400, "plain HTTP, not TLS");
}

TEST_F(HostileHttp, MayHaveEmptyLinesBeforeARequest) {
  expect_answer("\r\n"s + get_with(""), 200);  // 2.2
  expect_answer("\r\n\r\n\r\n"s + get_with(""), 200);
  expect_refusal("\n"s + get_with(""), 400, "not a request of HTTP");
  expect_refusal("\r"s + get_with(""), 400, "not a request of HTTP");
  std::string endless;
  for (std::size_t i = 0; i <= kMaxHeaderBytes / 2; ++i) {
    endless += "\r\n";
  }
  expect_refusal(endless, 400, "empty lines");
  HttpClient split(port());
  split.send("\r");
  split.send("\n"s + get_with(""));
  EXPECT_EQ(split.read_answer().status, 200);
  HttpClient silent(port());
  silent.send("\r\n\r");
  silent.finish_sending();
  EXPECT_EQ(silent.read_to_end(), "") << "no request, no answer";
}

TEST_F(HostileHttp, MayPipelineTenThousandRequestsWhileOthersAreServed) {
  constexpr int kRequests = 10'000;
  HttpClient greedy(port());
  std::thread sender([&] {
    std::string requests;
    for (int i = 0; i < kRequests; ++i) {
      requests += request_text("GET", "/"s.append(std::to_string(i)));
    }
    greedy.send(requests);
    greedy.finish_sending();
  });
  for (int i = 0; i < kRequests; ++i) {
    const HttpAnswer answer = greedy.read_answer();
    EXPECT_EQ(answer.status, 404);
    EXPECT_THAT(answer.body, HasSubstr("not found: /"s.append(std::to_string(i)).append(" (")))
        << "in the order of the requests";
    if (i % 1000 == 0) {
      EXPECT_EQ(test::http_get(port(), "/readyz").status, 200);
    }
    if (testing::Test::HasFailure()) {
      break;
    }
  }
  sender.join();
  EXPECT_EQ(greedy.read_to_end(), "");
}

}  // namespace
}  // namespace threadecho::http
