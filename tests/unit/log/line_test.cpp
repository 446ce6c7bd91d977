#include "log/line.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace threadecho::log {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

nlohmann::json parsed(const std::string& body) { return nlohmann::json::parse("{" + body + "}"); }

TEST(TextLine, IsTheEventAndItsFields) {
  EXPECT_EQ(text_body("draining", {}), "draining");
  EXPECT_EQ(text_body("closed", {{"id", std::uint16_t{7}},
                                 {"delta", -3},
                                 {"bytes", std::size_t{1} << 40U},
                                 {"seconds", std::chrono::milliseconds(250)},
                                 {"forced", true},
                                 {"peer", "[2001:db8::1]:9000"}}),
            "closed id=7 delta=-3 bytes=1099511627776 seconds=0.25 forced=true peer=[2001:db8::1]:9000");
}

TEST(Line, GoesWithoutAFieldThatHasNoValue) {
  const std::optional<std::string_view> none;
  const std::optional<std::string_view> some = "192.0.2.1:80";
  EXPECT_EQ(text_body("opened", {{"id", 1}, {"via", none}, {"thread", 2}}), "opened id=1 thread=2");
  EXPECT_EQ(text_body("opened", {{"id", 1}, {"via", some}}), "opened id=1 via=192.0.2.1:80");
  EXPECT_EQ(json_body("opened", {{"id", 1}, {"via", none}, {"thread", 2}}), R"("message":"opened","id":1,"thread":2)");
}

TEST(TextLine, QuotesAValueThatWouldNotReadAsOne) {
  EXPECT_EQ(text_body("e", {{"k", "two words"}}), R"(e k="two words")");
  EXPECT_EQ(text_body("e", {{"k", ""}}), R"(e k="")");
  EXPECT_EQ(text_body("e", {{"k", R"(a"b\c)"}}), R"(e k="a\"b\\c")");
  EXPECT_EQ(text_body("e", {{"k", "a=b"}}), R"(e k="a=b")");
  EXPECT_EQ(text_body("e", {{"k", "1\n2\r3\t4\x1b\xff"s + '\0'}}), R"(e k="1\n2\r3\t4\x1b\xff\x00")");
}

TEST(LogLine, ShowsADurationToTheMicrosecondBelowASecondAndToTheMillisecondAbove) {
  const std::vector<std::pair<std::chrono::nanoseconds, std::string>> shown = {
      {0ns, "0"},           {499ns, "0"},           {1us, "0.000001"},          {230'466ns, "0.00023"},
      {999'999'600ns, "1"}, {1'000'499'999ns, "1"}, {3'947'022'701ns, "3.947"}, {8s, "8"},
      {10s, "10"},          {168h, "604800"}};
  for (const auto& [duration, text] : shown) {
    EXPECT_EQ(text_body("e", {{"k", duration}}), std::pmr::string("e k=" + text));
    const std::string fraction = text.find('.') == std::string::npos ? ".0" : "";
    EXPECT_EQ(json_body("e", {{"k", duration}}), R"("message":"e","k":)" + text + fraction);
  }
}

TEST(TextLine, CannotBeBrokenByAnEvent) { EXPECT_EQ(text_body("a\nb", {}), R"(a\nb)"); }

TEST(TextLine, CutsWhatIsTooLong) {
  const std::pmr::string body = text_body("e", {{"a", std::string(9000, 'a')}, {"b", 1}});
  EXPECT_LE(body.size(), kMaxBodyBytes);
  EXPECT_EQ(body.substr(0, 6), "e a=aa");
  EXPECT_EQ(body.substr(body.size() - 10), "aaa... b=1");
}

TEST(JsonLine, HasTheMembersOfAnObject) {
  EXPECT_EQ(json_body("closed", {{"id", 7U},
                                 {"delta", -3},
                                 {"seconds", std::chrono::milliseconds(250)},
                                 {"forced", false},
                                 {"text", "a \"b\"\n"}}),
            R"("message":"closed","id":7,"delta":-3,"seconds":0.25,"forced":false,"text":"a \"b\"\n")");
}

TEST(JsonLine, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(json_body("e", {{"k", "a\xffz"}}), "\"message\":\"e\",\"k\":\"a\xEF\xBF\xBDz\"");
}

TEST(JsonLine, StaysValidHoweverMuchAValueGrows) {
  for (const std::string& piece : {"a"s, "\x01"s, "\xff"s, "\""s, "\xC3\xA4"s, "\xF0\x9F\x98\x80"s}) {
    std::string value;
    while (value.size() < 5000) {
      value += piece;
    }
    const std::string body = json_body("e", {{"a", value}, {"b", value}, {"c", 1}});
    EXPECT_LE(body.size(), kMaxBodyBytes);
    EXPECT_GT(body.size(), kMaxBodyBytes / 4) << "more was cut than had to be";
    EXPECT_EQ(parsed(body)["c"], 1);
    const auto shown = parsed(body)["a"].get<std::string>();
    EXPECT_EQ(shown.substr(shown.size() - 3), "...");
  }
}

TEST(JsonLine, CutsBetweenCharacters) {
  std::string value = "a";
  while (value.size() < 5000) {
    value += "\xC3\xA4";
  }
  EXPECT_EQ(json_body("e", {{"k", value}}).find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(PayloadPreview, EscapesWhatIsNotPrintable) {
  EXPECT_EQ(payload_preview(bytes_of("hello\n")), R"(hello\n (6 bytes))");
  EXPECT_EQ(payload_preview(bytes_of("\r\t\\\"\x7f\xff\0"s.c_str())), R"(\r\t\\\"\x7f\xff (6 bytes))");
  EXPECT_EQ(payload_preview(bytes_of(std::string(2, '\0'))), R"(\x00\x00 (2 bytes))");
  EXPECT_EQ(payload_preview({}), " (0 bytes)");
}

TEST(PayloadPreview, ShowsSixtyFourBytesAndTellsHowManyThereAre) {
  EXPECT_EQ(payload_preview(bytes_of(std::string(64, 'a'))), std::string(64, 'a') + " (64 bytes)");
  EXPECT_EQ(payload_preview(bytes_of(std::string(65, 'a'))), std::string(64, 'a') + "... (65 bytes)");
}

TEST(PayloadPreview, IsEscapedOnceInALine) {
  EXPECT_EQ(text_body("echo", {{"payload", bytes_of("a \"b\"\n")}}), R"~(echo payload="a \"b\"\n (6 bytes)")~");
  EXPECT_EQ(parsed(json_body("echo", {{"payload", bytes_of("a\xff\n")}}))["payload"], R"(a\xff\n (3 bytes))");
}

}  // namespace
}  // namespace threadecho::log
