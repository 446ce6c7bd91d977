#include "man/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "echo/fault.h"
#include "fault/fault_help_text.h"
#include "man/roff.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Roff, KeepsTextThatWouldBeARequestOrAnEscape) {
  EXPECT_EQ(man::literal(".env"), "\\&.env");
  EXPECT_EQ(man::literal("a\\b"), "a\\eb");
  EXPECT_EQ(man::literal("--count"), "\\-\\-count");
  EXPECT_EQ(man::literal("'x'"), "\\(aqx\\(aq");
  EXPECT_EQ(man::roff_of(".env is read"), "\\&.env is read\n");
}

TEST(Roff, MakesFlagsAndQuotedWordsBold) {
  EXPECT_EQ(man::roff_of("take --wait, or `threadecho load`"), "take \\fB\\-\\-wait\\fR, or \\fBthreadecho load\\fR\n");
}

TEST(Roff, JoinsLinesToParagraphsAndBeginsSections) {
  EXPECT_EQ(man::roff_of("one\ntwo\n\nthree\nFILES\n  .env  settings\n\nExamples:\n  threadecho -4\n"),
            "one two\n.PP\nthree\n.SH FILES\n.TP\n\\fB\\&.env\\fR\nsettings\n"
            ".SH EXAMPLES\n.nf\n.RS 4\nthreadecho \\-4\n.RE\n.fi\n");
  EXPECT_THAT(man::roff_of("Exit statuses; the first counts:\n  0  done\n"),
              StartsWith(".SH EXIT STATUS\nThe first counts:\n.TP\n"));
}

TEST(ManPage, HasItsHeadSynopsisAndFlags) {
  const cli::Manual manual{
      .before = "Usage: threadecho probe HOST:PORT\n       threadecho probe [IPv6]:PORT\n\nLike ping.\n\n",
      .options = {{.flag = "--count", .value = "N", .default_text = "4", .meaning = "messages", .allowed = "0 to 9"}},
      .after = "Example:\n  threadecho probe\n"};
  const std::string page = man::man_page({"threadecho-probe", "Like ping.", "1.2.3", "2026-11-27"}, manual,
                                         "FILES\n  .env  settings\n", {"threadecho"});
  EXPECT_THAT(page, HasSubstr(".TH THREADECHO\\-PROBE 1 2026-11-27 \"threadecho 1.2.3\" \"User Commands\"\n"));
  EXPECT_THAT(page, HasSubstr(".SH NAME\nthreadecho\\-probe \\- like ping\n.SH SYNOPSIS\n.nf\nthreadecho probe "
                              "HOST:PORT\nthreadecho probe [IPv6]:PORT\n.fi\n.SH DESCRIPTION\nLike ping.\n"));
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-\\-count\\fR \\fIN\\fR\nmessages\n.br\nDefault: 4\n.br\nAllowed: 0 to 9\n"));
  EXPECT_THAT(page, HasSubstr(".SH FILES\n"));
  EXPECT_THAT(page, HasSubstr(".SH SEE ALSO\n.BR \\%threadecho (1)\n"));
}

TEST(ManPage, KeepsTheCapitalsOfAnAbbreviationInItsName) {
  const cli::Manual manual{.before = "Usage: threadecho\n\nText.\n", .options = {}};
  EXPECT_THAT(man::man_page({"threadecho", "TCP echo server.", "1.2.3", "2026-11-27"}, manual, "", {}),
              HasSubstr("threadecho \\- TCP echo server\n"));
}

TEST(ManPage, ShowsEveryKindOfFaultAsAnItemOfItsOwn) {
  const std::string text = man::roff_of(fault::kFaultUsage);
  for (const std::string_view kind : echo::kFaultNames) {
    EXPECT_THAT(text, HasSubstr(".TP\n\\fB" + std::string(kind)));
  }
}

}  // namespace
}  // namespace threadecho::test
