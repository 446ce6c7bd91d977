#include "report/report_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReportArguments, HaveAHelpWithEachExitStatusOnOneLineWhereThereIsRoom) {
  EXPECT_THAT(cli::help_text(report::report_manual(), 1000), Not(HasSubstr("\n         ")));
  EXPECT_THAT(cli::help_text(report::report_manual(), 1000), HasSubstr("\n  1      in a run"));
}

}  // namespace
}  // namespace threadecho::test
