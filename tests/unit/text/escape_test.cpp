#include "text/escape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/ascii.h"

namespace threadecho::text {
namespace {

TEST(Escape, ShowsEveryByteAsPrintableAscii) {
  EXPECT_EQ(escaped('a'), "a");
  EXPECT_EQ(escaped('\n'), R"(\n)");
  EXPECT_EQ(escaped('\r'), R"(\r)");
  EXPECT_EQ(escaped('\t'), R"(\t)");
  EXPECT_EQ(escaped('"'), R"(\")");
  EXPECT_EQ(escaped('\\'), R"(\\)");
  EXPECT_EQ(escaped('\0'), R"(\x00)");
  EXPECT_EQ(escaped('\x7F'), R"(\x7f)");
  EXPECT_EQ(escaped('\xFF'), R"(\xff)");
}

TEST(Escape, QuotesTextForOneLine) {
  EXPECT_EQ(in_quotes("a \"b\"\n"), R"("a \"b\"\n")");
  EXPECT_EQ(in_quotes("\xC3\xA9"), "\"\xC3\xA9\"");
  EXPECT_EQ(in_quotes("\xC3"), R"("\xc3")") << "half a character";
  EXPECT_EQ(in_quotes("\xC2\x9B"), R"("\xc2\x9b")") << "what ESC [ is to a terminal";
  EXPECT_EQ(in_quotes(std::string(121, 'a')), "\"" + std::string(120, 'a') + "...\"");
  EXPECT_EQ(in_quotes(std::string(119, 'a') + "\xC3\xA9"), "\"" + std::string(119, 'a') + "...\"");
}

TEST(Escape, WritesJsonStrings) {
  EXPECT_EQ(json_string("a\"\n\x01"), R"("a\"\n\u0001")");
  EXPECT_EQ(json_string("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

TEST(Escape, WritesAByteInHex) {
  EXPECT_EQ(in_hex(std::byte{0x2A}), "0x2a");
  EXPECT_EQ(in_hex(std::byte{0}), "0x00");
}

TEST(Ascii, TrimsSpacesAndTabsOnly) {
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(trimmed("\n"), "\n");
  EXPECT_EQ(trimmed("  "), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Ascii, LowersNoOtherLetters) { EXPECT_EQ(lower("AZ09-\xC3\x89"), "az09-\xC3\x89"); }

TEST(Printable, LeavesTextAsItIsAndEscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a \"b\" \\ \xC3\xA9"), "a \"b\" \\ \xC3\xA9");
  EXPECT_EQ(printable("\x1b[2J\n\x7f"), R"(\x1b[2J\n\x7f)");
  EXPECT_EQ(printable("\xC2\x9B \xC3"), R"(\xc2\x9b \xc3)");
}

}  // namespace
}  // namespace threadecho::text
